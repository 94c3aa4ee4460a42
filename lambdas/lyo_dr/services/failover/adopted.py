"""What an incident has promoted or restored before: an incident taken up again adopts it."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.adopted import adopted_by
from lyo_dr.model.facts import Instance, ReplicaReading
from lyo_dr.model.incident import Incident
from lyo_dr.model.recovery_method import Kind as Way

_PROMOTED, _RESTORED = "PROMOTION", "POINTED"


def adopted_databases(ctx: StepContext, incident: Incident, readings: list[ReplicaReading]) -> list[str]:
    """Databases this incident has promoted or restored, as far as they answer. Nothing before it was taken up again.

    What has no replica is not among the readings: that secrets were pointed to it is the word for it.
    """
    if not incident.execution:
        return []
    promoted, restored = _noted(ctx, incident, _PROMOTED), _noted(ctx, incident, _RESTORED)
    alone = [name for name in restored if not ctx.plan.database(name).has_replica]
    return [*adopted_by(readings, {*promoted, *restored}), *alone]


def _noted(ctx: StepContext, incident: Incident, kind: str) -> list[str]:
    return [str(note["sk"]).rpartition("#")[2] for note in ctx.store.incidents.notes(incident.id, kind)]


def adopted_ways(ctx: StepContext, incident: Incident, instances: dict[str, Instance | None]) -> dict[str, Way]:
    """How this incident has recovered its databases already, by name: ``promote`` or ``restore``, as RDS shows it."""
    if not incident.execution:
        return {}
    found: dict[str, Way] = {}
    for name, instance in instances.items():
        if ctx.store.incidents.read_note(incident.id, _RESTORED, name) is not None:
            found[name] = "restore"
        elif instance is not None and instance.source is None and _called(ctx, incident, name):
            found[name] = "promote"
    return found


def _called(ctx: StepContext, incident: Incident, database: str) -> bool:
    return ctx.store.incidents.read_note(incident.id, _PROMOTED, database) is not None


def has_authority(ctx: StepContext, incident: Incident) -> bool:
    """Whether this incident has made its region the active one."""
    head = ctx.store.incidents.head(incident.id)
    return head is not None and head.get("authority") == "taken"
