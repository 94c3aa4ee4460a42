"""The outage cut into parts, at milestones of what the product did in this kind of drill. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.client.attempt_log import Outage
from drills.results.kinds import Kind
from drills.results.record import Recorded, TimelineLine

STANDBY = "directly at the standby"


@dataclass(frozen=True)
class Part:
    """A named stretch of time, in seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Milestone:
    """A part ends with the first or the last sentence of its steps; ``saying`` narrows them down."""

    name: str
    steps: tuple[str, ...]
    first: bool = False
    saying: str = ""

    def reached(self, timeline: Sequence[TimelineLine]) -> float | None:
        """When (epoch seconds); None if never."""
        at = [line.at for line in timeline if line.step in self.steps and self.saying in line.sentence]
        return None if not at else min(at) if self.first else max(at)


FAILOVER = (
    Milestone("detection: checks, alarm, event", ("OpenIncident",), first=True),
    Milestone("triage: observers asked until they agree", ("Triage",)),
    Milestone("gate: loss and replica", ("CheckGate",)),
    Milestone("facts read again", ("ConfirmRegionLost",)),
    Milestone("fence of the lost region", ("FenceServices",)),
    Milestone("promotion and capacity at once", ("AcceptProof", "CheckCapacity")),
    Milestone("validation at the standby", ("CheckEndpoints",), saying=STANDBY),
    Milestone("authority and latch", ("ThrowLatch", "ChangeRecord")),
)
RESTORE = (
    Milestone("detection: alarm or report, and admission", ("OpenIncident",), first=True),
    Milestone("triage of the instance", ("TriageDatabase",)),
    Milestone("choose the recovery point", ("ReadEvidence", "ChooseRecoveryPoint")),
    Milestone("stop the damage", ("StopDamage",)),
    Milestone("keep the evidence", ("PreserveEvidence",)),
    Milestone("advance the delayed replica", ("ChooseDelayed", "AdvanceDelayed", "PromoteDelayed")),
    Milestone("restore to a new instance", ("RestoreToNewInstance", "RestoreInstead")),
    Milestone("warm, read and judge the restored data", ("ReadRestored", "JudgeRestored")),
    Milestone("set the logins, point the secrets", ("AlignLogins", "PointSecrets")),
    Milestone("renew the tasks", ("RenewTasks", "CheckCapacity")),
)
_MILESTONES: dict[Kind, tuple[tuple[Milestone, ...], str]] = {
    "failover": (FAILOVER, "DNS: check, TTL, first answer"),
    "restore": (RESTORE, "first answer of the new tasks"),
}
"""By kind of drill, and the name of what is left until the first answer. Other kinds have no path to cut."""


def outage_parts(recorded: Recorded, kind: Kind, outage: Outage | None) -> list[Part]:
    """The outage from its first failed request to the first answer; the parts add up to it.

    Milestones before the outage are no part of it, and neither is what comes after. Without an end the parts lead to
    the last milestone that was reached.
    """
    if outage is None or kind not in _MILESTONES:
        return []
    milestones, rest = _MILESTONES[kind]
    parts: list[Part] = []
    at = outage.started
    for milestone in milestones:
        reached = milestone.reached(recorded.timeline)
        reached = reached if reached is None or outage.ended is None else min(reached, outage.ended)
        if reached is not None and reached > at:
            parts.append(Part(_named(milestone.name, recorded), reached - at))
            at = reached
    if outage.ended is not None and outage.ended > at:
        parts.append(Part(rest, outage.ended - at))
    return parts


def _named(part: str, recorded: Recorded) -> str:
    return part.replace("latch", "record") if recorded.plan.main_front().strategy == "record" else part
