"""Operations on the plan's delayed replica: pause replay, query it, resume replay."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.errors import AwsCallFailed, ServiceUnreachable
from lyo_dr.model.delayed_replica import Advance, Delayed, Replay
from lyo_dr.model.incident import Incident

_NOTE, _WOUND = "HELD", "WOUND"
DELAYED_PROMOTION = "DELAYED_PROMOTION"
"""Kind of the records of its promotion."""
_MARGIN_SECONDS = 5.0


def hold(ctx: StepContext, incident: Incident, database: str, identifier: str) -> Delayed:
    """Noted first, so that it can be undone. What is no replica is left alone."""
    ctx.store.incidents.record_once(incident.id, _NOTE, database, instance=identifier)
    return _tell(ctx, incident, database, identifier, held=True)


def wind(ctx: StepContext, incident: Incident, database: str, identifier: str, winding: Advance) -> Delayed:
    """Held again when it comes back, whatever became of it."""
    return _tell(ctx, incident, database, identifier, held=True, winding=winding)


def shorten(ctx: StepContext, incident_id: str, identifier: str, delay_ms: int) -> None:
    """Another delay, in the parameter group of its own, which has its name. Noted first, so that it can be undone.

    The parameter is dynamic: changed in a group that is attached, it is in force without a restart (RDS User Guide,
    "Configuring delayed replication with RDS for PostgreSQL").
    """
    number = len(ctx.store.incidents.notes(incident_id, _WOUND)) + 1
    ctx.store.incidents.record_once(incident_id, _WOUND, f"{number:02}", instance=identifier, delay_ms=delay_ms)
    Rds(ctx.region).delay(identifier, delay_ms)


def shortened_to(ctx: StepContext, incident_id: str) -> int | None:
    """The delay this incident has set last, in milliseconds."""
    notes = ctx.store.incidents.notes(incident_id, _WOUND)
    return int(notes[-1]["delay_ms"]) if notes else None


def delay_as_planned(ctx: StepContext, incident_id: str, database: str) -> None:
    """The delay of the plan again, where this incident has set another: also for the next replica of this group."""
    delayed = ctx.plan.database(database).restore.delayed
    for note in ctx.store.incidents.notes(incident_id, _WOUND)[:1]:
        if delayed is not None:
            Rds(ctx.region).delay(str(note["instance"]), round(delayed.delay.total_seconds() * 1000))


def let_go_on(ctx: StepContext, incident: Incident, database: str) -> str:
    """Where this incident has held one; what was done in a few words, empty where nothing had to be."""
    note = ctx.store.incidents.read_note(incident.id, _NOTE, database)
    if note is None:
        return ""
    name = str(note["instance"])
    delay_as_planned(ctx, incident.id, database)
    found = _tell(ctx, incident, database, name, held=False)
    if found.missing or found.source is None or found.replay.in_recovery is False:
        return ""
    if found.replay.said == "goes on":
        return f"{name} resumed replay"
    why = found.replay.error or found.replay.said or found.status
    return f"{name} could not resume replay: {why}"


def held_here(ctx: StepContext, incident_id: str, database: str) -> str | None:
    """The delayed replica this incident has held."""
    note = ctx.store.incidents.read_note(incident_id, _NOTE, database)
    return None if note is None else str(note["instance"])


def _tell(
    ctx: StepContext, incident: Incident, database: str, identifier: str, *, held: bool, winding: Advance | None = None
) -> Delayed:
    raw = Backups(ctx.region).find(identifier)
    if raw is None:
        return Delayed(identifier=identifier, missing=True)
    source, end = raw.get("ReadReplicaSourceDBInstanceIdentifier") or None, raw.get("Endpoint")
    found = Delayed(identifier=identifier, status=raw["DBInstanceStatus"], source=source)
    if source is None or end is None:
        return found
    place = {"host": end["Address"], "port": int(end["Port"])}
    groups = [group["DBParameterGroupName"] for group in raw.get("DBParameterGroups", [])]
    asked = {"database": database, "place": place, "held": held, "epoch": incident.epoch}
    asked |= {"winding": msgspec.to_builtins(winding)}
    return msgspec.structs.replace(found, own_group=groups == [identifier], replay=_ask(ctx, asked))


def _ask(ctx: StepContext, asked: dict[str, object]) -> Replay:
    """A function that fails leaves the replica unknown, which is never used."""
    function = ctx.names.function("database_restore", "HoldReplay")
    seconds = ctx.plan.timing.sql_timeout.total_seconds() + _MARGIN_SECONDS
    try:
        return msgspec.convert(invoke(function, asked, ctx.region, seconds=seconds), Replay)
    except (AwsCallFailed, ServiceUnreachable) as failure:
        return Replay(error=str(failure))
