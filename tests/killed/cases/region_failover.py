"""The cases of ``region_failover``."""

from __future__ import annotations

from typing import Any

from lyo_dr.steps.keeper import settle_limits
from tests.killed.given import an_event
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.builders import IRELAND, OREGON, a_triage, observers, silent_looks

_OWED = {
    "SYSTEM LIMITS#": "limits that were not taken at once were owed, and are put back",
    "autoscaling of assistant is not put back": "people are told meanwhile",
    "#responders#assistant back": "so it is on record that they were",
}


def _put_back(_stage: Stage) -> None:
    """Both regions are as they were, and the keeper puts back what is owed."""
    settle_limits.handler({})


def _facts(stage: Stage) -> Any:
    return observers(samples=silent_looks(before=stage.now))


def _at_the_gate(stage: Stage) -> dict[str, Any]:
    stage.functions["read-integrity"] = lambda _: {"database": "bookings", "at": stage.now}
    return an_event(stage, gate=None, facts=_facts(stage), triage=a_triage())


def _recorded(stage: Stage, kind: str, **counts: int) -> dict[str, Any]:
    event = an_event(stage)
    incident = event["incident"].id
    stage.world.ctx(region=OREGON).store.incidents.record_once(incident, kind, "assistant", **counts)
    return event


def _recovered(stage: Stage) -> dict[str, Any]:
    parts = {
        "databases": [{"name": "bookings", "recovered": True}],
        "services": [{"name": "assistant", "recovered": True}],
    }
    return an_event(stage, places=parts)


def _fenced(stage: Stage) -> dict[str, Any]:
    service = next(one for (region, _), one in stage.services.found.items() if region == IRELAND)
    service.desired, service.limits = 0, [0, 4]
    return _recorded(stage, "FENCE", desired=2, minimum=2, maximum=4)


CASES = {
    "check_gate": Case(_at_the_gate),
    "confirm_region_lost": Case(lambda stage: an_event(stage, facts=_facts(stage), so_far={}), reads_only=True),
    "judge_components": Case(_recovered, reads_only=True),
    "lift_fence": Case(_fenced, afterwards=_put_back, blurred=_OWED),
    "undo_preparation": Case(
        lambda stage: _recorded(stage, "PREPARED", desired=1, minimum=1, maximum=4),
        afterwards=_put_back,
        blurred=_OWED,
    ),
}
