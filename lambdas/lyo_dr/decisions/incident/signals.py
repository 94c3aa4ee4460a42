"""Translation of CloudWatch events into signals. An event is a hint: it names a known alarm, its content is unused."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from lyo_dr.errors import BadSignal
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Signal, Source
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import DETECTION_REGION, ResourceNames

INSTANCE_ALARMS: tuple[Source, ...] = ("connections", "errors")
"""Alarms that a database's instance may be dead; triage checks before anything is restored."""

SKEW = timedelta(minutes=1)
"""How far the clock of a signal's source may be ahead of ours."""

_Meant = tuple[str, Source, str]
"""Region that is lost or holds the data, source of the signal, and damaged database, if any."""


def signal_from_event(event: Any, plan: Plan) -> Signal:
    """The signal of a CloudWatch alarm event. Raises BadSignal for anything but our own alarms in ALARM.

    The region comes from our list of alarms and never from the payload, so a forged or corrupt event can at most
    trigger a check.
    """
    if not isinstance(event, dict):
        raise BadSignal("the event is not a mapping; expected a CloudWatch Alarm State Change")
    _expect(event, "source", "aws.cloudwatch")
    _expect(event, "detail-type", "CloudWatch Alarm State Change")
    _expect(event, "account", plan.account)
    region, source, database = _alarmed(event, plan)
    kind: Literal["region", "database"] = "database" if database else "region"
    return Signal(kind=kind, source=source, region=region, at=moment_of(event), database=database)


def execution_name(signal: Signal) -> str:
    """Idempotent name: the same for every delivery of the same alarm (80 characters at most)."""
    what = f"database-{signal.database}" if signal.database else "region"
    if signal.source in INSTANCE_ALARMS:
        # Several alarms of one database may go off in the same second: these are different signals.
        what = f"{signal.source}-{signal.database}"
    return f"{what}-{signal.region}-{signal.at.astimezone(UTC):%Y%m%dT%H%M%S}"


def from_the_future(signal: Signal, now: datetime) -> str | None:
    """The sentence that refuses a signal dated beyond the skew of two clocks; None for any other.

    What has not happened yet opens nothing: its age would be negative and it would stay fresh for as long as it likes.
    """
    ahead = signal.at - now
    if ahead <= SKEW:
        return None
    return (
        f"The signal is dated {humanize(ahead)} in the future, more than the {humanize(SKEW)} that two clocks may "
        f"differ; set the clock of {signal.source} right, and start the incident by hand if it is real"
    )


def _expect(event: dict[str, Any], field: str, value: str) -> None:
    if event.get(field) != value:
        raise BadSignal(f"the event's {field} is not {value}; only our own alarms are accepted")


def _known(plan: Plan) -> dict[tuple[str, str], _Meant]:
    """Our alarms, by source region and ARN."""
    known: dict[tuple[str, str], _Meant] = {}
    for region in plan.regions.pair:
        names = ResourceNames(plan, region)
        for alarm in names.watched_alarm_arns(region):
            known[DETECTION_REGION, alarm] = (region, "route53", "")
        known[region, names.peer_alarm_arn] = (plan.regions.peer_of(region), "watcher", "")
        for database in plan.databases_in(region):
            known[region, names.integrity_alarm_arn(database.name)] = (region, "integrity", database.name)
            for kind in INSTANCE_ALARMS:
                known[region, names.database_alarm_arn(kind, database.name)] = (region, kind, database.name)
    return known


def _alarmed(event: dict[str, Any], plan: Plan) -> _Meant:
    resources = event.get("resources")
    if not isinstance(resources, list) or len(resources) != 1 or not isinstance(resources[0], str):
        raise BadSignal("the event does not name exactly one alarm")
    region = event.get("region")
    found = _known(plan).get((region, resources[0])) if isinstance(region, str) else None
    if found is None:
        raise BadSignal("the event names an alarm that is not ours")
    return found


def moment_of(event: dict[str, Any]) -> datetime:
    """When the alarm changed state; ``time`` would be the delivery, which differs between duplicates."""
    detail = event.get("detail")
    state = detail.get("state") if isinstance(detail, dict) else None
    if not isinstance(state, dict) or state.get("value") != "ALARM":
        raise BadSignal("the alarm is not in state ALARM; nothing to do")
    text = state.get("timestamp")
    if not isinstance(text, str) or not re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)", text, re.ASCII
    ):
        raise BadSignal("the alarm's time is missing or has no time zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        # OverflowError: the first and last days of the calendar have no UTC.
        raise BadSignal("the alarm's time is not a date") from None
