"""A leaked key of an issuer, and the order of the calendar, with the real machine; then everything is searched."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.engine.screen import Screen
from drills.results.measure import measure
from drills.results.path_steps import path_steps
from drills.results.record import Recorded
from drills.scenarios.catalogue import DRILLS
from drills.scenarios.rotation.rotation import STEPS
from drills.world.world import World
from lyo_dr.model.plan import Plan
from lyo_dr.model.rotation import HOLDER
from tests.plans import lyo_plan
from tests.state_machines.drill_output import shown_and_written
from tests.state_machines.failover import IRELAND, OREGON

pytestmark = [pytest.mark.drill, pytest.mark.timeout(480)]

_BOTH = (IRELAND, OREGON)


@dataclass
class Drilled:
    """What happened, what was shown, every key there ever was, and how the orders of the calendar ended."""

    recorded: Recorded
    screen: str
    keys: set[str]
    calendar: dict[str, Any] = field(default_factory=dict)
    everything: dict[str, Any] = field(default_factory=dict)


def _every_ninety_days(plan: Plan) -> Plan:
    secret = msgspec.structs.replace(plan.secrets[0], rotate_every=timedelta(days=90))
    return msgspec.structs.replace(plan, secrets=[secret, *plan.secrets[1:]])


@pytest.fixture(scope="module")
def drilled() -> Iterator[Drilled]:
    shown = io.StringIO()
    world = World(lyo_plan(), warm=False, adjust=_every_ninety_days)
    with world, Screen(Console(file=shown, width=300)) as screen:
        recorded = DRILLS["leaked-key-only"].run(world, screen)
        calendar = {region: _as_the_calendar_does(world, screen, region) for region in _BOTH}
        everything = _started(world, screen, IRELAND, "everything", json.dumps({"by": "ada"}))
        yield Drilled(recorded, shown.getvalue(), _keys(world), calendar, everything)


def _keys(world: World) -> set[str]:
    name = next(iter(world.plan.issued()))
    found = set()
    for region in _BOTH:
        store = world.client("secretsmanager", region)
        for version in store.list_secret_version_ids(SecretId=name.secret, IncludeDeprecated=True)["Versions"]:
            text = store.get_secret_value(SecretId=name.secret, VersionId=version["VersionId"])["SecretString"]
            found.add(json.loads(text)[name.key])
    return {key for key in found if " " not in key}


def _as_the_calendar_does(world: World, screen: Screen, region: str) -> Any:
    """The target of the deployed rule, started with the deployed input; nobody waits ninety days for it."""
    events = world.client("events", region)
    [rule] = [r for r in events.list_rules()["Rules"] if r.get("ScheduleExpression") == "rate(90 days)"]
    [target] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"] == world.names(region).machine("secret_rotation")
    return _started(world, screen, region, "calendar", target["Input"])


def _started(world: World, screen: Screen, region: str, name: str, order: str) -> Any:
    states, ctx = world.client("stepfunctions", region), DrillContext(world, screen)
    machine = world.names(region).machine("secret_rotation")
    begun = states.start_execution(stateMachineArn=machine, name=name, input=order)

    def status() -> str:
        return str(states.describe_execution(executionArn=begun["executionArn"])["status"])

    assert ctx.wait_until(lambda: status() != "RUNNING", 180)
    view = IncidentView(world, world.names(region), "secret_rotation", HOLDER)
    said = [(line.step, line.sentence) for line in view.lines(f"{HOLDER}{name}")]
    return {"status": status(), "ending": view.head(f"{HOLDER}{name}").get("ending"), "said": said}


def test_the_leaked_key_alone_is_replaced_and_the_old_one_refused(drilled: Drilled) -> None:
    drill, recorded = DRILLS["leaked-key-only"], drilled.recorded
    assert drill.expectations(recorded, measure(recorded, path_steps()), lyo_plan().objectives) == []


def test_the_order_of_the_calendar_rotates_the_login_in_the_active_region_and_asks_nobody(drilled: Drilled) -> None:
    done = drilled.calendar[IRELAND]
    assert (done["status"], done["ending"]) == ("SUCCEEDED", "rotated")
    assert "requested by schedule" in done["said"][0][1]
    assert not [step for step, _ in done["said"] if step in ("TestKey", "AskForKey", "FinishKey", "ProveKey")]


def test_in_the_region_that_stands_by_the_calendar_changes_nothing(drilled: Drilled) -> None:
    done = drilled.calendar[OREGON]
    assert (done["status"], done["ending"]) == ("SUCCEEDED", None)
    assert {step for step, _ in done["said"]} == {"OpenRotation"}


def test_everything_asks_for_the_key_and_rotates_the_login_meanwhile(drilled: Drilled) -> None:
    done = drilled.everything
    assert (done["status"], done["ending"]) == ("SUCCEEDED", "rotated")
    steps = list(dict.fromkeys(step for step, _ in done["said"]))
    assert steps == ["OpenRotation", "TestKey", "AskForKey", *STEPS]
    (told,) = [sentence for step, sentence in done["said"] if step == "CloseRotation" and "; outstanding: " in sentence]
    assert {"OPENAI_API_KEY", "WHATSAPP_ACCESS_TOKEN", "GOOGLE_API_KEY", "REDIS_URL"} <= set(re.findall(r"\w+", told))


def test_invariant_i8_no_byte_of_a_key_is_anywhere_but_in_secrets_manager(drilled: Drilled) -> None:
    assert drilled.recorded.notes["leaks"] == []
    assert all(drilled.recorded.notes["searched"].values()), "a kind of place that is empty proves nothing"


def test_invariant_i8_no_byte_of_a_key_is_in_what_a_drill_shows_and_writes(drilled: Drilled, tmp_path: Path) -> None:
    texts = shown_and_written(drilled.recorded, drilled.screen, tmp_path)
    assert len(drilled.keys) == 4, "the first one, the leaked one, a mistyped one and the new one"
    for text in texts:
        assert len(text) > 1000
        assert not [key for key in drilled.keys if key in text]
