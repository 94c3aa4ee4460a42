"""The JSON schema of a plan, as editors read it. Descriptions come from the fields and docstrings of the plan."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.model.plan.rehearsal import WrittenPlan


def schema() -> dict[str, Any]:
    """Shapes, names and descriptions; the rules between fields are checked by ``plan check``."""
    made: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Lyo DR plan",
        **msgspec.json.schema(WrittenPlan),
    }
    for definition in made["$defs"].values():
        definition["description"] = " ".join(definition.get("description", "").replace("``", "").split())
    return made
