"""Resuming an interrupted restore: its records become those of the incident that resumes it."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.resume import was_interrupted
from lyo_dr.services.common.promotions import accepted_kind
from lyo_dr.services.restore.delayed_replica import DELAYED_PROMOTION

_KINDS = (
    "ATTEMPT",
    "DAMAGED",
    "STOPPED",
    "READ_ONLY",
    "POINTED",
    "HELD",
    "WOUND",
    DELAYED_PROMOTION,
    accepted_kind(DELAYED_PROMOTION),
)
"""What was restored to where, from what, how many tasks ran, who only reads, where the secrets lead, and
what became of a delayed replica."""
_KEYS = ("pk", "sk")


def to_take_up(ctx: StepContext, incident_id: str, database: str) -> str | None:
    """The incident whose work is to be gone on with: an interrupted one, or this one after a crash; else None."""
    former = ctx.store.databases.restoring(database)
    if former is None:
        return None
    if former != incident_id and not was_interrupted(ctx.store.incidents.head(former), ctx.now()):
        return None
    return former if ctx.store.incidents.notes(former, "ATTEMPT") else None


def take_up(ctx: StepContext, incident_id: str, database: str, former: str | None) -> None:
    """Write down who restores from now on, after what the one before has left was taken over. Harmless twice."""
    if former is not None and former != incident_id:
        for kind in _KINDS:
            for note in ctx.store.incidents.notes(former, kind):
                fields = {name: value for name, value in note.items() if name not in _KEYS}
                ctx.store.incidents.record_once(incident_id, kind, str(note["sk"]).rpartition("#")[2], **fields)
    ctx.store.databases.begin_restore(database, incident_id)
