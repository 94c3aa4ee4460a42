"""One small drill of each kind, as it is recorded: never run, and true to what such a drill leaves behind."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from drills.client.attempt import Attempt
from drills.report.html import render
from drills.results import result_json
from drills.results.measure import measure
from drills.results.record import Recorded, Seen, TimelineLine
from drills.scenarios.rotation.findings import Rotated
from tests.drills.drill_record import FAULT, STEPS, recorded
from tests.plans import lyo_plan

NOTHING_SEEN = Seen(None, None, None)


def attempts(text: str, *, every: float = 0.5, since: float = -4.0) -> tuple[Attempt, ...]:
    """Attempts from ``since`` (seconds after the fault): ``+`` succeeds at once, ``-`` fails, a space is a pause."""
    made = []
    for number, mark in enumerate(text):
        at = FAULT + since + number * every
        if mark != " ":
            ok = mark == "+"
            made.append(Attempt(at, at + 0.1, f"booking-{number}", 1, 201 if ok else 503, ok))
    return tuple(made)


def lines(*told: tuple[float, str, str]) -> tuple[TimelineLine, ...]:
    return tuple(TimelineLine(FAULT + at, step, sentence) for at, step, sentence in told)


FAILOVER = recorded()
NEVER = recorded(ending="failed", attempts=attempts("++++++++----------------"), rows=())
RESTORE = recorded(
    drill="bad-migration",
    lost_region="",
    recovery_region="eu-west-1",
    attempts=attempts("++++++++++++++++++--------------++++++-+++"),
    seen=Seen(FAULT + 0.1, FAULT + 0.1, None),
    timeline=lines(
        (1.0, "OpenIncident", "Incident opened by operator: the data of bookings may be wrong"),
        (3.0, "ChooseRecoveryPoint", "Restoring to 2027-01-15 07:59:59 UTC: one transaction wrote 219 of 349 rows"),
        (5.6, "StopDamage", "assistant stopped: no more writes on damaged data"),
        (6.0, "PreserveEvidence", "Evidence: a snapshot is being taken"),
        (8.0, "RestoreToNewInstance", "bookings-r-1 is restored to 2027-01-15 07:59:59 UTC"),
        (9.0, "JudgeRestored", "bookings-r-1 passes every integrity query"),
        (10.0, "PointSecrets", "app-secrets point to bookings-r-1; the previous versions are kept"),
        (11.0, "RenewTasks", "Service assistant is redeployed"),
        (12.5, "CheckCapacity", "2 of 2 tasks of assistant run"),
        (13.0, "CloseIncident", "bookings is restored"),
        (15.0, "ConcludeReplay", "Replay 001 is done: 394 rows written, 0 already present, 1 skipped, 0 refused"),
        (16.0, "ConcludeReplay", "Replay 002 is done: 0 rows written, 394 already present, 1 skipped, 0 refused"),
    ),
    notes={
        "ledger": {
            "rows_damaged_database": 613,
            "rows_restored_database": 1421,
            "entries": {"replayable": 394, "conflicting": 15, "deleted": 0, "damage": 204},
        }
    },
    found={"damaged rows": "0", "secret": "no row of it"},
)
BREACH = recorded(
    drill="breach",
    lost_region="",
    incident_id="breach-1",
    attempts=attempts("+" * 40),
    seen=Seen(FAULT + 0.1, FAULT + 0.1, None),
    timeline=lines(
        (0.5, "OpenIncident", "Breach opened: CredentialAccess:IAMUser/AnomalousBehavior of severity 8"),
        (1.2, "AnnounceBreach", "Notified legal: A breach may have happened"),
        (3.0, "BlockAddresses", "Blocked 127.66.0.6/32 in both regions"),
        (9.0, "CloseRotation", "Rotated: app-secrets in eu-west-1"),
        (12.0, "ProveContained", "Proven: every old login is refused"),
    ),
    notes={
        "since": FAULT + 0.5,
        "figures": {
            "told": 0.7,
            "preserved": None,
            "contained": 2.5,
            "rotated": 8.5,
            "proven": 11.5,
            "blocked": 2.5,
            "thrown out": 9.9,
            "failed bookings": 0,
        },
    },
)
ROTATION = recorded(
    drill="rotation",
    lost_region="",
    incident_id="ROTATION#1",
    attempts=attempts("+" * 30),
    seen=Seen(FAULT + 0.1, FAULT + 0.1, None),
    timeline=lines(
        (0.5, "OpenRotation", "Rotating the login of bookings"), (9.0, "CloseRotation", "Rotated: app-secrets")
    ),
    found={
        "rotation": Rotated(
            users={"eu-west-1": "lyo_app_b"},
            accepted={"eu-west-1": True},
            old_accepted=(),
            old_sessions=0,
            others_kept=True,
            pending=(),
            logins_seen=2,
            leaks=(),
            searched={"logs": 12_000, "table": 3_000},
        )
    },
)
QUIET = recorded(
    drill="blip",
    lost_region="",
    incident_id="",
    ending="",
    attempts=attempts("++++++++--+--+++++-++++"),
    seen=Seen(None, FAULT + 0.1, None),
    timeline=(),
    calls=(),
)
SILENT = recorded(incident_id="", ending="", timeline=(), calls=(), attempts=(), rows=(), seen=NOTHING_SEEN)

KINDS = {
    "failover": FAILOVER,
    "failover that never recovers": NEVER,
    "restore": RESTORE,
    "breach": BREACH,
    "rotation": ROTATION,
    "quiet": QUIET,
    "nothing recorded": SILENT,
}


def result_of(drill: Recorded, **changes: Any) -> dict[str, Any]:
    """The result as it is written and read again."""
    made = result_json.as_json(drill, measure(drill, STEPS), lyo_plan(), [])
    read: dict[str, Any] = json.loads(json.dumps(msgspec.to_builtins(made)))
    return {**read, **changes}


def page_of(drill: Recorded) -> str:
    """The page with plain spaces."""
    return " ".join(render(result_of(drill)).replace("\u00a0", " ").split())
