"""Skipping a step: which steps a recovery is still correct without, and what is said of every other one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lyo_dr.decisions.incident.incident_class import IncidentClass, class_of
from lyo_dr.model.near import nearest
from lyo_dr.model.step_record import Skip

SKIPPABLE = {
    "CheckCapacity": (
        "it only waits until the tasks run: RaiseCapacity has asked for them, and each service is asked by "
        "CheckEndpoints before traffic moves"
    ),
    "CheckEndpoints": (
        "it only asks the endpoints of the plan: whether the active region serves through the public name is "
        "asked once more before the incident ends"
    ),
    "CheckTraffic": (
        "it only resolves the name: the system record names this region, traffic was switched before, and the "
        "keeper repeats the latch"
    ),
}
"""Why a recovery is still correct without the step. Each only observes; none of them changes or protects anything."""

_SPLIT = "without it both regions could accept writes"
_LOSS = "without it work could be lost that nobody consented to"
_PHANTOM = "without it an incident could end as recovered while users are not served"
PROTECTING = {
    "FenceServices": f"it fences the lost region: {_SPLIT}",
    "LiftFence": "it gives the region back what the fence took",
    "ConfirmRegionLost": f"it is the second look before the point of no return: {_SPLIT}",
    "CheckGate": f"it is the gate: {_LOSS}",
    "AskConsent": f"it asks a person: {_LOSS}",
    "TakeAnswer": f"it takes a person's answer: {_LOSS}",
    "Triage": f"it decides whether the region is lost at all: {_SPLIT}",
    "ProbeRegions": f"it reads whether the region is lost: {_SPLIT}",
    "ReadReplica": f"it reads what the replica has: {_LOSS}",
    "PromoteReplica": "it is the recovery itself: without it there is no database to write to",
    "CheckPromotion": "a database that is not promoted yet takes no writes",
    "ProveByWrite": f"promoted means proven by a write: {_LOSS}",
    "AcceptProof": f"promoted means proven by a write: {_LOSS}",
    "JudgeComponents": "traffic waits for every critical database and every service",
    "TakeAuthority": f"the system record names the one active region: {_SPLIT}",
    "ThrowLatch": f"the latch keeps traffic from going back on its own: {_SPLIT}",
    "ChangeRecord": f"it leads traffic away from the lost region: {_SPLIT}",
    "CheckChange": f"a record that is not changed leads traffic to the lost region: {_SPLIT}",
    "RaiseCapacity": "it starts the tasks: without it nothing serves here",
    "OpenIncident": f"it takes the lease: {_SPLIT}",
    "ValidateOutcome": _PHANTOM,
    "CloseIncident": "it releases the lease: without it nothing else may start",
}
"""Why these are never skipped. A step in neither table is not skipped either: what follows it relies on it."""


_NEVER: dict[IncidentClass, str] = {
    "rotation": "no step of a rotation is skipped; the next one finishes it: `lyo-dr rotate`",
    "breach": "no step of its response is skipped; report it again: `lyo-dr breach report`",
    "restore": "no step of a restore is skipped; one that fails is rolled back",
}
"""Why no step of such work is skipped, and what to do instead."""


class SkipVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the step may be skipped, and the sentence that says so."""

    allowed: bool
    sentence: str


def may_skip(incident: str, step: str, head: dict[str, Any] | None, before: Skip | None, *, here: str) -> SkipVerdict:
    """By the step and the state of the incident. It may be reached later, be in progress, or have failed."""
    fault = _by_incident(incident, head, here) or _by_step(incident, step)
    if fault is not None:
        return SkipVerdict(allowed=False, sentence=fault)
    if before is not None:
        return SkipVerdict(allowed=True, sentence=f"{step} is skipped already, by {before.by}: {before.why}")
    failed = (head or {}).get("state") == "failed"
    then = f"`lyo-dr resume {incident}` goes on past it" if failed else "the incident goes on without it"
    return SkipVerdict(allowed=True, sentence=f"{step} will be skipped; {then}")


def skip_line(skip: Skip) -> str:
    """What the timeline says when a person asks for it."""
    return f"{skip.by} skips {skip.step}: {skip.why}. Allowed, as {SKIPPABLE[skip.step]}"


def skipped_sentence(skip: Skip) -> str:
    """What the step answers with instead of running."""
    return f"Skipped, not checked: {skip.by} said: {skip.why}"


def ended_without(sentence: str, skips: Iterable[Skip]) -> str:
    """The sentence of an ending, with the steps that it was reached without."""
    left_out = [f"{skip.step} (by {skip.by}: {skip.why})" for skip in skips if skip.used_at is not None]
    return f"{sentence}; skipped, not checked: {', '.join(left_out)}" if left_out else sentence


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A hint at the nearest name; empty where none is near."""
    near = nearest(name, known)
    return f"; did you mean {near}?" if near is not None else ""


def _by_incident(incident: str, head: dict[str, Any] | None, here: str) -> str | None:
    found = class_of(incident, head)
    if found == "unknown":
        return f"there is no incident {incident} in {here}"
    if found != "failover":
        return f"{incident} is a {found}: {_NEVER[found]}"
    state, ending = (head or {}).get("state"), (head or {}).get("ending")
    return None if state in ("open", "failed") else f"{incident} has ended ({ending}); there is nothing left to skip"


def _by_step(incident: str, step: str) -> str | None:
    if step in SKIPPABLE:
        return None
    instead = f"remove its cause, then `lyo-dr retry {incident} {step}`"
    if step in PROTECTING:
        return f"{step} cannot be skipped: {PROTECTING[step]}; {instead}"
    hint = did_you_mean(step, [*SKIPPABLE, *PROTECTING])
    return f"{step} is no step that can be skipped{hint or '.'} Skippable are {', '.join(SKIPPABLE)}"
