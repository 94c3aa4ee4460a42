"""The delayed replica the plan names here: told to replay no further, asked, and let go on again."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.adapters.aws.functions import invoke
from lyo_dr.doorman import Here
from lyo_dr.errors import CallRefused, ServiceUnreachable
from lyo_dr.model.delayed import Delayed, Replay
from lyo_dr.model.incident import Incident

_NOTE = "HELD"
_MARGIN_SECONDS = 5.0


def hold(here: Here, incident: Incident, database: str, identifier: str) -> Delayed:
    """Noted first, so that it can be undone. What is no replica is left alone."""
    here.incidents.note(incident.id, _NOTE, database, instance=identifier)
    return _tell(here, incident, database, identifier, held=True)


def let_go_on(here: Here, incident: Incident, database: str) -> str:
    """Where this incident has held one; what was done in a few words, empty where nothing had to be."""
    note = here.incidents.read_note(incident.id, _NOTE, database)
    if note is None:
        return ""
    name = str(note["instance"])
    found = _tell(here, incident, database, name, held=False)
    if found.missing or found.source is None or found.replay.in_recovery is False:
        return ""
    if found.replay.said == "goes on":
        return f"{name} replays again"
    why = found.replay.error or found.replay.said or found.status
    return f"{name} could not be told to replay again: {why}"


def held_here(here: Here, incident_id: str, database: str) -> str | None:
    """The delayed replica this incident has held."""
    note = here.incidents.read_note(incident_id, _NOTE, database)
    return None if note is None else str(note["instance"])


def _tell(here: Here, incident: Incident, database: str, identifier: str, *, held: bool) -> Delayed:
    raw = Backups(here.region).find(identifier)
    if raw is None:
        return Delayed(identifier=identifier, missing=True)
    source, end = raw.get("ReadReplicaSourceDBInstanceIdentifier") or None, raw.get("Endpoint")
    found = Delayed(identifier=identifier, status=raw["DBInstanceStatus"], source=source)
    if source is None or end is None:
        return found
    place = {"host": end["Address"], "port": int(end["Port"])}
    asked = {"database": database, "place": place, "held": held, "epoch": incident.epoch}
    return msgspec.structs.replace(found, replay=_ask(here, asked))


def _ask(here: Here, asked: dict[str, object]) -> Replay:
    """A function that fails leaves the replica unknown, which is never used."""
    function = here.names.function("database_restore", "HoldReplay")
    seconds = here.plan.timing.sql_timeout.total_seconds() + _MARGIN_SECONDS
    try:
        return msgspec.convert(invoke(function, asked, here.region, seconds=seconds), Replay)
    except (CallRefused, ServiceUnreachable) as failure:
        return Replay(error=str(failure))
