"""The format of ``drill.json``: every name and type in it. ``drill.schema.json`` beside this file is made from it.

Times are seconds unless a name says otherwise; moments are ISO 8601 in UTC, or seconds after the fault where they stand
in a picture. None stands for what was not measured or did not happen.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from drills.results.calls import CallFigures
from drills.results.kinds import Kind
from drills.results.measure import Loss, Stretch
from drills.results.parts import Part

FORMAT = 2
"""1 had no number of its own, and numbers joined in texts. It grows when a name goes or changes its meaning."""
SCHEMA = Path(__file__).with_name("drill.schema.json")


class _Closed(msgspec.Struct, forbid_unknown_fields=True):
    """What is not named here is not written."""


class Regions(_Closed):
    """The lost region is empty where none was lost."""

    lost: str
    recovered_in: str


class Target(_Closed):
    """Objectives of the customer's plan, and the recovery time in the drill's own scale."""

    rto: float
    rpo: float
    rto_in_scale: float | None


class Outage(_Closed):
    """The outage of the fault, its parts, and every stretch in which attempts of the client failed."""

    seconds: float | None
    began: float | None
    ended: float | None
    failing: list[Stretch]
    parts: list[Part]
    critical_path: list[Part]
    critical_path_seconds: float | None
    ratio: float | None


class Spread(_Closed):
    """Favourable, ordinary, unfavourable."""

    low: float
    typical: float
    high: float


class ModelledPart(_Closed):
    """A part by the model; ``seconds`` is None where it has no figures."""

    name: str
    seconds: Spread | None
    of: list[str]


class FigureOfModel(_Closed):
    """A figure of the model with its source."""

    name: str
    low: float
    typical: float
    high: float
    source: str
    says: str
    read_as: str
    published: bool


class Modelled(_Closed):
    """What a model says of the same parts on AWS; ``total`` is None while a part has no figures."""

    what: str
    parts: list[ModelledPart]
    total: Spread | None
    rto_seconds: float
    figures: list[FigureOfModel]
    stretched_seconds: dict[str, float]


class Latency(_Closed):
    """Of the successful attempts that ended in this second of the clock."""

    second: int
    p50_ms: float
    p99_ms: float


class Second(_Closed):
    """Attempts that ended in this second of the clock."""

    second: int
    succeeded: int
    failed: int


class Client(_Closed):
    """What the client saw."""

    attempts: int
    latency_before_p50_ms: float | None
    latency_before_p99_ms: float | None
    latency_per_second: list[Latency]
    per_second: list[Second]


class Line(_Closed):
    """A sentence of the timeline."""

    at: str
    step: str
    sentence: str


class Incident(_Closed):
    """The incident, how it ended, and executions that outlived it by name."""

    id: str
    ending: str
    after: dict[str, str]
    timeline: list[Line]


class Replay(_Closed):
    """Rows of one replay."""

    written: int
    already_present: int
    skipped: int
    refused: int


class Ledger(_Closed):
    """What only the damaged database held, row by row, and what was given back."""

    rows_damaged_database: int
    rows_restored_database: int
    entries: dict[str, int]
    replays: list[Replay]


class Breach(_Closed):
    """When milestones were reached, counted from the opening of the incident; and bookings that failed."""

    seconds_after_opening: dict[str, float | None]
    failed_bookings: int | None


class Restore(_Closed):
    """What was restored to, as a moment unless it is a snapshot, and what the drill counted afterwards."""

    target: str
    recovery_point: str | None
    moment_before_damage_seconds: float | None
    restores_called: int
    counted: dict[str, int | str]


class Rotation(_Closed):
    """Findings after a rotation, by an observer who knows every password there was."""

    users: dict[str, str]
    accepted: dict[str, bool]
    old_accepted: list[str]
    old_sessions: int
    others_kept: bool
    pending: list[str]
    logins_seen: int
    leaks: list[str]
    searched: dict[str, int]


class Seen(_Closed):
    """Seconds after the fault, as an observer outside the product saw it."""

    database_writable: float | None
    service_ready: float | None
    name_moved: float | None


class PlanChange(_Closed):
    """A value of the plan, as planned and as rehearsed."""

    path: str
    planned: str
    rehearsed: str


class Rehearsal(_Closed):
    """Under which settings all this was measured."""

    plan: str
    aws_clock_factor: float
    plan_changes: list[PlanChange]
    replication_link_one_way_seconds: float
    functions_warmed_before_the_clock: bool
    aws_timing: bool
    stage_seconds: dict[str, float]
    not_shown: list[str]


class Result(_Closed):
    """One drill."""

    format: int
    drill: str
    kind: Kind
    passed: bool
    missed: list[str]
    fault_at: str
    fired: bool
    regions: Regions
    target: Target
    outage: Outage
    modelled: Modelled | None
    bookings: Loss
    calls: CallFigures
    client: Client
    incident: Incident
    decision: dict[str, Any]
    ledger: Ledger | None
    breach: Breach | None
    restore: Restore | None
    rotation: Rotation | None
    seen_from_outside: Seen | None
    rehearsal: Rehearsal


def schema() -> dict[str, Any]:
    """The JSON schema of a result."""
    made = msgspec.json.schema(Result)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "drill.json of Lyo DR", **made}


def fault_of(result: dict[str, Any]) -> str:
    """Why a result is not in this format, with the place; empty when it is."""
    try:
        msgspec.convert(result, Result)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def main() -> None:
    """Write the schema beside this file."""
    SCHEMA.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
