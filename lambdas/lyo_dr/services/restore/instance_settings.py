"""Settings copied from the damaged instance to a promoted delayed replica, or to an instance from a snapshot.

A point-in-time restore has them from the start.
"""

from __future__ import annotations

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.delayed_replica import to_inherit
from lyo_dr.errors import WrongState
from lyo_dr.services.restore.attempts import Attempts


def give_settings(ctx: StepContext, incident_id: str, database: str) -> str:
    """What is under way, in a sentence; empty when it has everything.

    A promoted one's parameter group goes above all: an instance restored from it one day would get its delay.
    """
    attempts, backups = Attempts(ctx, incident_id), Backups(ctx.region)
    if not attempts.at_delayed() and attempts.all()[-1].kind != "snapshot":
        return ""
    planned = ctx.plan.database(database).instances[ctx.region]
    name = attempts.instance(planned)
    damaged = backups.find(attempts.damaged(database)) or backups.find(ctx.names.damaged(planned, incident_id))
    missing = to_inherit(backups.describe(name), damaged)
    if not missing:
        return ""
    try:
        backups.change(name, missing)
    except WrongState as refusal:
        return f"RDS refused for now: {refusal}"
    return f"{name} gets {', '.join(f'{key} {value}' for key, value in missing.items())} of the damaged instance"
