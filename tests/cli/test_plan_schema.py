"""The schema an editor shows: every field of a plan has its sentence."""

from __future__ import annotations

from cli.schema import schema


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
