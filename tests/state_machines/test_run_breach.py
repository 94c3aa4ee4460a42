"""An intruder under load with the real machine, handlers, database and load balancer; then everything is searched."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console

from drills.engine import operators
from drills.engine.context import DrillContext
from drills.engine.screen import Screen
from drills.results.measure import measure
from drills.results.path_steps import path_steps
from drills.results.record import Recorded
from drills.scenarios.breach.breach import ADDRESS
from drills.scenarios.catalogue import DRILLS
from drills.world.world import World
from lyo_dr.model.plan import DATABASE_URL
from tests.plans import lyo_plan
from tests.state_machines.drill_output import shown_and_written
from tests.state_machines.failover import IRELAND, OREGON

pytestmark = [pytest.mark.drill, pytest.mark.timeout(480)]


@dataclass
class Drilled:
    """What happened, what was shown, what was said afterwards, and every password there ever was."""

    recorded: Recorded
    screen: str
    passwords: set[str]
    lifted: operators.Said
    sets: dict[str, list[str]]


@pytest.fixture(scope="module")
def drilled() -> Iterator[Drilled]:
    shown = io.StringIO()
    with (
        World(lyo_plan(), warm=False, active=True) as world,
        Screen(Console(file=shown, width=300)) as screen,
    ):
        recorded = DRILLS["breach"].run(world, screen)
        passwords = {password for region in (IRELAND, OREGON) for password in _passwords(world, region)}
        ctx = DrillContext(world, screen, followed=IRELAND)
        lifted = operators.lyo_dr(ctx, "breach", "lift", recorded.incident_id, "--why", "the intruder was found")
        yield Drilled(recorded, shown.getvalue(), passwords, lifted, {r: _set(world, r) for r in (IRELAND, OREGON)})


def _passwords(world: World, region: str) -> Iterator[str]:
    store, secret = world.client("secretsmanager", region), world.plan.secrets[0].name
    for version in store.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]:
        text = store.get_secret_value(SecretId=secret, VersionId=version["VersionId"])["SecretString"]
        url = json.loads(text)[DATABASE_URL]
        if url.startswith("postgresql://"):
            yield str(conninfo_to_dict(url)["password"])


def _set(world: World, region: str) -> list[str]:
    waf: Any = world.client("wafv2", region)
    (found,) = [s for s in waf.list_ip_sets(Scope="REGIONAL")["IPSets"] if s["Name"] == "lyo-saas-blocked"]
    content: list[str] = waf.get_ip_set(Name=found["Name"], Scope="REGIONAL", Id=found["Id"])["IPSet"]["Addresses"]
    return content


def test_the_intruder_is_out_for_good_and_no_booking_fails(drilled: Drilled) -> None:
    drill, recorded = DRILLS["breach"], drilled.recorded
    assert drill.expectations(recorded, measure(recorded, path_steps()), lyo_plan().objectives) == []


def test_evidence_is_sealed_before_anything_starts_anew_and_sessions_end_before_the_rotation(drilled: Drilled) -> None:
    said = list(dict.fromkeys(line.step for line in drilled.recorded.timeline))
    order = ["OpenIncident", "JudgeBreach", "SealManifest", "OpenGate", "RenewTasks", "RevokeSessions", "OpenRotation"]
    assert [step for step in said if step in order] == order
    assert said.index("CloseRotation") < said.index("ProveContained") < said.index("AssessBreach")


def test_the_block_is_lifted_by_a_person_and_leaves_nothing_behind(drilled: Drilled) -> None:
    assert drilled.lifted.code == 0, drilled.lifted.text
    assert f"lifted the containment of {ADDRESS}/32" in " ".join(drilled.lifted.text.split())
    assert drilled.sets == {IRELAND: [], OREGON: []}


def test_invariant_i8_no_byte_of_a_password_is_in_messages_drafts_or_evidence(drilled: Drilled) -> None:
    found = drilled.recorded.found.get("rotation")
    assert found is not None
    assert found.leaks == ()
    assert {"messages", "evidence", "tables", "history", "logs"} <= found.searched.keys()
    assert all(found.searched.values()), "a kind of place that is empty proves nothing"


def test_invariant_i8_no_byte_of_a_password_is_in_what_a_drill_shows_and_writes(
    drilled: Drilled, tmp_path: Path
) -> None:
    texts = shown_and_written(drilled.recorded, drilled.screen, tmp_path)
    assert len(drilled.passwords) == 2
    for text in texts:
        assert not [password for password in drilled.passwords if password in text]
