"""Databases without a replica: restored from replicated backups, or left."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Database, Plan
from lyo_dr.model.plan.rules.causes import reads


@reads("databases")
def rules(plan: Plan) -> Iterator[str]:
    """What each way needs, and what contradicts it."""
    for index, database in enumerate(plan.databases):
        path = f"databases[{index}]"
        yield from _restored_as(path, database, plan.regions.secondary)
        if database.way == "leave" and database.critical:
            yield f"{path}.critical: {database.name} is left, so traffic cannot wait for it; write critical: false"
        if not database.has_replica and database.delayed_in(plan.regions.secondary) is not None:
            yield (
                f"{path}.restore.delayed.instances: {database.name} has no instance in {plan.regions.secondary} that "
                f"a replica could follow; give it for {plan.regions.primary}"
            )
    if plan.databases and len(plan.left_by(plan.regions.secondary)) == len(plan.databases):
        yield "databases: every one is left, so a failover recovers no data; write way: promote or restore for one"


def _restored_as(path: str, database: Database, region: str) -> Iterator[str]:
    if database.way == "restore" and database.restore_as is None:
        yield (
            f"{path}.restore_as: missing; way: restore needs instance, subnet_group, security_groups and "
            f"parameter_group of {region}, where there is no instance to copy them from"
        )
    if database.way != "restore" and database.restore_as is not None:
        yield f"{path}.restore_as: way: {database.way} restores nothing there; remove it, or write way: restore"


@reads("databases", "services[].database")
def services(plan: Plan) -> Iterator[str]:
    """Traffic does not wait for a service whose database never comes."""
    for index, service in enumerate(plan.services):
        if service.critical and service.database is not None and plan.database(service.database).way == "leave":
            yield (
                f"services[{index}].critical: {service.name} reports about {service.database}, which is left when its "
                "region is lost; write critical: false, or another way for the database"
            )
