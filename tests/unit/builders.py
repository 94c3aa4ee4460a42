"""The words the tests tell their stories with. Everything is a fact with a sensible default."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.facts import Facts, Instance, Probe, Probes, ReplicaReading, Sample, ServiceState, WriteProof
from lyo_dr.model.incident import Incident, Lease, Signal, SystemRecord
from lyo_dr.model.verdict import Triage

IRELAND, OREGON, FRANKFURT = "eu-west-1", "us-west-2", "eu-central-1"
REPLICA, PRIMARY = "lyo-saas-production-postgres-replica", "lyo-saas-production-postgres"
NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
"""The moment in which every story happens; a day on which Europe changes its clocks."""


def at(seconds: float) -> datetime:
    """So many seconds after noon (negative: before)."""
    return NOON + timedelta(seconds=seconds)


def a_deadline(budget: timedelta, *, spent: float = 0, now: datetime | None = None, poll: int = 15) -> Deadline:
    """A stage that began so many seconds ago: at noon, unless ``now`` says otherwise."""
    now = now or at(spent)
    return Deadline(started_at=now - timedelta(seconds=spent), budget=budget, now=now, poll=poll)


def an_incident(**changes: Any) -> Incident:
    """Ireland was lost at noon; Oregon recovers under epoch 1."""
    facts: dict[str, Any] = {
        "id": "region-eu-west-1-20260329T120000",
        "epoch": 1,
        "region": OREGON,
        "lost_region": IRELAND,
        "opened_at": at(5),
        "outage_start": NOON,
        "databases": ["bookings"],
        "services": ["assistant"],
    }
    return Incident(**{**facts, **changes})


def a_signal(**changes: Any) -> Signal:
    """Route 53 said at noon that Ireland does not answer."""
    facts: dict[str, Any] = {"kind": "region", "source": "route53", "region": IRELAND, "at": NOON}
    return Signal(**{**facts, **changes})


def a_probe(status: int = 0, **changes: Any) -> Probe:
    """An answer; with status 0 a silence."""
    facts: dict[str, Any] = {"url": "https://x.example/health/ready", "status": status}
    if status == 0:
        facts["error"] = "TimeoutError"
    return Probe(**{**facts, **changes})


def serving(region: str = IRELAND, **changes: Any) -> Probe:
    """An app that is ready by the contract."""
    return a_probe(200, region=region, database="read_write", **changes)


def given_replica(*, silent_for: float = 60.0, database: str = "bookings", **changes: Any) -> ReplicaReading:
    """A replica read at noon whose last heartbeat and commit arrived so many seconds before."""
    facts: dict[str, Any] = {
        "database": database,
        "read_at": NOON,
        "in_recovery": True,
        "receiving": False,
        "received_at": at(-silent_for),
        "heartbeat_at": at(-silent_for),
        "heartbeat_epoch": 0,
        "last_replay_at": at(-silent_for),
    }
    return ReplicaReading(**{**facts, **changes})


def unread_replica(database: str = "bookings", error: str = "DatabaseUnreachable") -> ReplicaReading:
    """A replica nobody could read."""
    return ReplicaReading(database=database, error=error)


def observers(
    *,
    apps: list[Probe] | None = None,
    witness: Probe | None = None,
    own: Probe | None = None,
    neutral: Probe | None = None,
    replicas: list[ReplicaReading] | None = None,
    samples: list[Sample] | None = None,
) -> Facts:
    """What everybody said; without a word to the contrary the region is lost beyond doubt, and has been for long."""
    return Facts(
        probes=Probes(
            apps=[a_probe()] if apps is None else apps,
            witness=witness or a_probe(),
            own=own or a_probe(200),
            neutral=neutral or a_probe(200),
        ),
        replicas=[given_replica()] if replicas is None else replicas,
        samples=silent_looks() if samples is None else samples,
    )


def a_triage(decision: Any = "act", **changes: Any) -> Triage:
    """What triage says of a region that is lost beyond doubt."""
    facts: dict[str, Any] = {"finding": "region_lost", "sentence": f"{IRELAND} is lost", "evidence": ["app silent"]}
    return Triage(decision=decision, **{**facts, **changes})


def a_look(ago: float, *, before: datetime = NOON, **changes: Any) -> Sample:
    """A look that began so many seconds before noon and found silence, with a view that works."""
    said: dict[str, Any] = {"seconds": 5.0, "app": False, "witness": False, "own": True, "neutral": True}
    return Sample(**{"at": before - timedelta(seconds=ago), **said, **changes})


def silent_looks(since: float = 300.0, every: float = 10.0, *, before: datetime = NOON) -> list[Sample]:
    """A look every ten seconds since so long ago, the last one just ended; each found silence."""
    return [a_look(5.0 + every * number, before=before) for number in reversed(range(int((since - 5.0) / every) + 1))]


def an_instance(status: str = "available", **changes: Any) -> Instance:
    """The replica in Oregon as RDS describes it."""
    facts: dict[str, Any] = {
        "identifier": REPLICA,
        "status": status,
        "source": f"arn:aws:rds:{IRELAND}:123456789012:db:{PRIMARY}",
        "replicating": True,
    }
    return Instance(**{**facts, **changes})


def a_primary(status: str = "available", **changes: Any) -> Instance:
    """The same instance after its promotion."""
    return an_instance(status, **{"source": None, "replicating": False, **changes})


def a_proof(**changes: Any) -> WriteProof:
    """A row was written under epoch 1."""
    facts: dict[str, Any] = {"database": "bookings", "written": True, "in_recovery": False, "epoch": 1}
    return WriteProof(**{**facts, **changes})


def a_service(desired: int = 2, running: int = 2, **changes: Any) -> ServiceState:
    """Counts of an ECS service in a settled rollout."""
    facts: dict[str, Any] = {"desired": desired, "running": running, "pending": 0, "rollout": "COMPLETED"}
    return ServiceState(**{**facts, **changes})


def a_lease(**changes: Any) -> Lease:
    """Held by the incident since noon, for a quarter of an hour."""
    facts: dict[str, Any] = {"holder": an_incident().id, "epoch": 1, "taken_at": NOON, "expires_at": at(900)}
    return Lease(**{**facts, **changes})


def first_day(**changes: Any) -> SystemRecord:
    """Ireland active, Oregon standing by."""
    facts: dict[str, Any] = {"active_region": IRELAND, "standby_region": OREGON, "epoch": 0}
    return SystemRecord(**{**facts, **changes})


def an_alarm(region: str = IRELAND, **changes: Any) -> dict[str, Any]:
    """The event of the alarm on a region's endpoint, as EventBridge delivers it."""
    name = f"lyo-dr-endpoint-{region}-down"
    event: dict[str, Any] = {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "123456789012",
        "time": "2026-03-29T12:00:07Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "state": {"value": "ALARM", "timestamp": "2026-03-29T12:00:00.123+0000", "reason": "Threshold Crossed"},
            "previousState": {"value": "OK"},
        },
    }
    return {**event, **changes}
