"""The schema an editor shows: every field of a plan has its sentence."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from cli.schema import schema
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import PlanFaults, read_plan
from lyo_dr.model.plan.shape.kind import Kind, kind_of
from tests.plans import raw_plan

LIMITS = {
    "pattern": "pattern",
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "min_length": "minItems",
}


def test_every_field_of_a_plan_is_described() -> None:
    fields = {kind: set(definition.get("properties", {})) for kind, definition in schema()["$defs"].items()}
    described = {
        kind: {name for name, field in definition.get("properties", {}).items() if field.get("description")}
        for kind, definition in schema()["$defs"].items()
    }
    assert described == fields


def test_descriptions_are_sentences_without_marks_of_the_source() -> None:
    for definition in schema()["$defs"].values():
        assert "``" not in definition["description"]
        assert "\n" not in definition["description"]
        assert all(field["description"].endswith(".") for field in definition["properties"].values())


def _kinds(kind: Any) -> Iterator[Kind]:
    known = kind_of(kind)
    yield known
    for part in known.of if known.origin in (list, dict) else ():
        yield from _kinds(part)
    if known.struct is not None:
        for hint in typing.get_type_hints(known.struct, include_extras=True).values():
            yield from _kinds(hint)


def _values(of: Any, name: str) -> set[Any]:
    if isinstance(of, list):
        return {value for each in of for value in _values(each, name)}
    if not isinstance(of, dict):
        return set()
    found = {of[name]} if isinstance(of.get(name), str | int | float) else set()
    return found | {value for each in of.values() for value in _values(each, name)}


def test_every_limit_of_the_model_is_in_the_schema() -> None:
    limits = [limit for known in _kinds(Plan) for limit in known.limits]
    for attribute, word in LIMITS.items():
        stated = {value for limit in limits if (value := getattr(limit, attribute)) is not None}
        assert stated, f"no field has {attribute}, so that this compares nothing"
        assert stated == _values(schema(), word) & stated


def test_every_pattern_says_what_to_write() -> None:
    patterned = [known for known in _kinds(Plan) if any(limit.pattern for limit in known.limits)]
    assert len(patterned) > 20
    assert all(known.says("write") and known.says("wrong") for known in patterned)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("account", "12"),
        ("databases__0__backup_retention_days", 99),
        ("objectives__availability_percent", 101),
        ("contacts__responders", []),
        ("traffic__hosted_zone", "/hostedzone/Z1"),
        ("services__0__places__us-west-2__cluster", "arn:aws:ecs:us-west-2:123456789012:cluster/a"),
        ("evidence__log_groups", {"Ireland": ["/ecs/a"]}),
        ("endpoints__0__status", 999),
    ],
)
def test_an_editor_refuses_what_the_check_refuses(path: str, value: Any) -> None:
    wrong = raw_plan(**{path: value})
    assert not jsonschema.Draft202012Validator(schema()).is_valid(wrong)
    with pytest.raises(PlanFaults):
        read_plan(wrong)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Plan)
