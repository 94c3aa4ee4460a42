"""Going on where an interrupted restore has stopped: its notes become those of the incident that takes it up."""

from __future__ import annotations

from lyo_dr.decisions.taking_up import was_interrupted
from lyo_dr.doorman import Here

_KINDS = ("ATTEMPT", "DAMAGED", "STOPPED", "READ_ONLY", "POINTED", "HELD", "WOUND", "DELAYED_PROMOTION")
"""What was restored to where, from what, how many tasks ran, who only reads, where the secrets lead, and
what became of a delayed replica."""
_KEYS = ("pk", "sk")


def to_take_up(here: Here, incident_id: str, database: str) -> str | None:
    """The incident whose work is to be gone on with: an interrupted one, or this one after a crash; else None."""
    former = here.databases.restoring(database)
    if former is None:
        return None
    if former != incident_id and not was_interrupted(here.incidents.head(former), here.now()):
        return None
    return former if here.incidents.notes(former, "ATTEMPT") else None


def take_up(here: Here, incident_id: str, database: str, former: str | None) -> None:
    """Write down who restores from now on, after what the one before has left was taken over. Harmless twice."""
    if former is not None and former != incident_id:
        for kind in _KINDS:
            for note in here.incidents.notes(former, kind):
                fields = {name: value for name, value in note.items() if name not in _KEYS}
                here.incidents.note(incident_id, kind, str(note["sk"]).rpartition("#")[2], **fields)
    here.databases.begin_restore(database, incident_id)
