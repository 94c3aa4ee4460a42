"""The alarms of one database in one region: two that open an incident, one that only notifies responders."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lyo_dr.model.plan import Database
from lyo_dr.model.resource_names import CONNECTIONS_METRIC, ERRORS_METRIC, INTEGRITY_DIMENSION, METRIC_NAMESPACE
from stacks.site import Site

_GIB = 1024**3


def database_alarms(scope: Construct, site: Site, database: Database) -> None:
    """Our two metrics come from the keeper of the active region; RDS reports the storage of either instance."""
    ours = {INTEGRITY_DIMENSION: database.name}
    _alarm(
        scope,
        site.names.database_alarm("connections", database.name),
        f"For two minutes, {database.name} did not respond, or had no application sessions although tasks run",
        METRIC_NAMESPACE,
        CONNECTIONS_METRIC,
        ours,
        threshold=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
    )
    _alarm(
        scope,
        site.names.database_alarm("errors", database.name),
        f"For two minutes, at least half of the app's responses reported that {database.name} is unusable",
        METRIC_NAMESPACE,
        ERRORS_METRIC,
        ours,
        threshold=0.5,
        comparison_operator="GreaterThanOrEqualToThreshold",
    )
    if site.region not in database.instances:
        # There is no instance yet; FollowStorage makes the alarm of the one that is restored here.
        return
    # Of the planned instance at first; FollowStorage points it to another one when an incident has put that in place.
    _alarm(
        scope,
        site.names.database_alarm("storage", database.name),
        f"{database.name} has less than {database.low_storage_gib:g} GiB left; RDS stops it when it is full",
        "AWS/RDS",
        "FreeStorageSpace",
        {"DBInstanceIdentifier": database.instance_in(site.region)},
        threshold=database.low_storage_gib * _GIB,
        comparison_operator="LessThanThreshold",
        # Responders are notified and nothing starts: a restore frees no storage.
        alarm_actions=[site.names.topic("responders")],
    )


def _alarm(
    scope: Construct, name: str, why: str, namespace: str, metric: str, dimensions: dict[str, str], **how: object
) -> None:
    """Two minutes in a row. Missing data is no finding: a keeper that fails has an alarm of its own."""
    cloudwatch.CfnAlarm(
        scope,
        "".join(part.capitalize() for part in name.split("-")),
        alarm_name=name,
        alarm_description=why,
        namespace=namespace,
        metric_name=metric,
        dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name=key, value=value) for key, value in dimensions.items()],
        statistic="Minimum",
        period=60,
        evaluation_periods=2,
        datapoints_to_alarm=2,
        treat_missing_data="notBreaching",
        **how,  # type: ignore[arg-type]
    )
