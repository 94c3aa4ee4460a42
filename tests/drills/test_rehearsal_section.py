"""The plan's ``rehearsal``: checked with the plan, shown to editors, and in nothing that is deployed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.plan_reader import UnusablePlan, check, load, load_with_rehearsal
from cli.schema import schema
from lyo_dr.model.plan.file import PlanFaults, read_plan, read_written
from tests.plans import lyo_plan, raw_plan

SECTION: dict[str, Any] = {
    "databases": {"bookings": {"schema": "schema.sql", "seed": "seed.sql"}},
    "services": {"assistant": {"command": ["python3", "app.py"]}},
    "load": {"path": "/orders", "command": ["./load.sh"]},
    "table": "lyo_users",
    "id": "id",
}


def given(folder: Path, **changes: Any) -> Path:
    """A plan beside its files; ``databases__bookings__schema="x"`` changes the section."""
    section = copy.deepcopy(SECTION)
    for path, value in changes.items():
        *parents, last = path.split("__")
        part = section
        for name in parents:
            part = part.setdefault(name, {})
        part[last] = value
    for name in ("schema.sql", "seed.sql"):
        (folder / name).write_text("select 1;\n", encoding="utf-8")
    script = folder / "load.sh"
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o755)
    plan = folder / "plan.yaml"
    plan.write_text(yaml.safe_dump({**raw_plan(), "rehearsal": section}), encoding="utf-8")
    return plan


def faults(plan: Path) -> list[str]:
    with pytest.raises(UnusablePlan) as refusal:
        check(plan, "plan.yaml")
    return refusal.value.faults


def test_a_section_whose_files_are_there_is_complete(tmp_path: Path) -> None:
    plan, rehearsal = load_with_rehearsal(given(tmp_path))
    assert check(given(tmp_path)).plan == plan == lyo_plan()
    assert rehearsal.load.path == "/orders"
    assert rehearsal.databases["bookings"].seed == "seed.sql"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"databases__bookings__schema": "no.sql"},
            "rehearsal.databases.bookings.schema: there is no file 'no.sql' in",
        ),
        ({"databases__bookings__seed": "no.sql"}, "rehearsal.databases.bookings.seed: there is no file 'no.sql' in"),
        ({"services__assistant__command": ["no-such-program"]}, "there is no program 'no-such-program' on the PATH"),
        ({"services__assistant__command": ["bin/app"]}, "rehearsal.services.assistant.command: there is no file"),
        ({"services__assistant__command": ["./schema.sql"]}, "'./schema.sql' may not be executed; run chmod +x"),
        ({"load__command": ["./none.sh"]}, "rehearsal.load.command: there is no file './none.sh'"),
        ({"databases__booking": {"schema": "schema.sql"}}, "rehearsal.databases.booking: 'booking' is no database of"),
        ({"services__asistant": {"command": ["sh"]}}, "rehearsal.services.asistant: 'asistant' is no service of this"),
        ({"table": "lyo_user"}, "rehearsal.table: 'lyo_user' is no table of the first database"),
        ({"table": "a b"}, "rehearsal.table: 'a b' is not the name of an SQL object"),
        ({"id": "a.b"}, "rehearsal.id: 'a.b' is more than the name of one column"),
        ({"load__path": "orders"}, "rehearsal.load.path"),
        ({"services__assistant__command": []}, "rehearsal.services.assistant.command"),
        ({"sevices": {}}, "rehearsal.sevices: unknown key; did you mean 'services'?"),
    ],
)
def test_what_a_drill_could_not_use_is_one_sentence_with_its_place(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    (found,) = faults(given(tmp_path, **changes))
    assert found.startswith("plan.yaml:")
    assert sentence in found


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    plan = given(tmp_path)
    (tmp_path / "schema.sql").write_bytes(b"\xff\xfe\x00")
    (found,) = faults(plan)
    assert "'schema.sql' is not a UTF-8 text file" in found


def test_an_operator_is_not_kept_from_acting_by_files_that_only_drills_read(tmp_path: Path) -> None:
    plan = given(tmp_path, databases__bookings__schema="no.sql")
    assert load(plan) == lyo_plan()
    with pytest.raises(UnusablePlan, match=r"no\.sql"):
        load_with_rehearsal(plan)


def test_what_is_deployed_does_not_change_with_it() -> None:
    plan = read_plan({**raw_plan(), "rehearsal": SECTION})
    assert plan.to_json() == lyo_plan().to_json()
    assert plan.digest() == lyo_plan().digest()
    assert "rehearsal" not in plan.to_json()


def test_an_empty_section_is_none() -> None:
    assert read_written({**raw_plan(), "rehearsal": None})[1] == read_written(raw_plan())[1]
    with pytest.raises(PlanFaults, match="rehearsal"):
        read_plan({**raw_plan(), "rehearsal": []})


def test_editors_see_it() -> None:
    made = schema()
    (top,) = (each for each in made["$defs"].values() if "rehearsal" in each["properties"])
    assert "rehearsal" not in top["required"]
    assert {"databases", "services", "load", "table", "id"} == set(made["$defs"]["Rehearsal"]["properties"])
