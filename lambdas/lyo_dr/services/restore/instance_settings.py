"""Settings copied from the damaged instance to a promoted delayed replica, or to an instance from a snapshot.

A point-in-time restore has them from the start.
"""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.delayed_replica import to_inherit
from lyo_dr.errors import WrongState
from lyo_dr.model.plan import Database, RestoreAs
from lyo_dr.services.restore.attempts import Attempts


def settings_here(ctx: StepContext, database: Database) -> dict[str, Any]:
    """What an instance restored here is like, as RDS would describe it; empty if nobody knows.

    The replica, as it is or as it was when it was last seen; where the plan gives this region none, its own words.
    """
    if database.restore_as is not None and ctx.region not in database.instances:
        return stated_settings(database.restore_as)
    return Backups(ctx.region).find(database.instance_in(ctx.region)) or ctx.store.databases.settings(database.name)


def stated_settings(stated: RestoreAs) -> dict[str, Any]:
    """The plan's words as RDS would describe them; without a class RDS takes that of the source."""
    groups = [{"VpcSecurityGroupId": group} for group in stated.security_groups]
    settings: dict[str, Any] = {
        "DBSubnetGroup": {"DBSubnetGroupName": stated.subnet_group},
        "VpcSecurityGroups": groups,
        "DBParameterGroups": [{"DBParameterGroupName": stated.parameter_group}],
        "PubliclyAccessible": False,
        "DeletionProtection": True,
        "CopyTagsToSnapshot": True,
    }
    return settings if stated.instance_class is None else {**settings, "DBInstanceClass": stated.instance_class}


def give_settings(ctx: StepContext, incident_id: str, database: str) -> str:
    """What is under way, in a sentence; empty when it has everything.

    A promoted one's parameter group goes above all: an instance restored from it one day would get its delay.
    """
    attempts, backups = Attempts(ctx, incident_id), Backups(ctx.region)
    if not attempts.at_delayed() and attempts.all()[-1].kind != "snapshot":
        return ""
    planned = ctx.plan.database(database).instance_in(ctx.region)
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
