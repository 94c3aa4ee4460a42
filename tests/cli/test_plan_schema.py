"""The schema an editor shows: every field of a plan has its sentence, and no sentence its field no more."""

from __future__ import annotations

from cli.schema import DESCRIPTIONS, schema


def test_every_field_of_a_plan_is_described() -> None:
    fields = {kind: set(definition.get("properties", {})) for kind, definition in schema()["$defs"].items()}
    assert {kind: set(told) for kind, told in DESCRIPTIONS.items()} == fields


def test_descriptions_are_sentences_without_marks_of_the_source() -> None:
    for definition in schema()["$defs"].values():
        assert "``" not in definition["description"]
        assert "\n" not in definition["description"]
        assert all(field["description"].endswith(".") for field in definition["properties"].values())
