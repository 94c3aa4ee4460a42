"""CloudWatch metrics: the latch is a metric stream that a Route 53 health check watches.

Health checks and alarms react within a minute to every figure in here, so each is put by a call that is answered: a
step knows that it was taken, or fails. A line in the log (``adapters/metrics.py``) arrives when it arrives.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import NotFound
from lyo_dr.model.plan import Database, ServiceMetric
from lyo_dr.model.resource_names import (
    CONNECTIONS_METRIC,
    ERRORS_METRIC,
    INTEGRITY_DIMENSION,
    INTEGRITY_METRIC,
    LATCH_DIMENSION,
    LATCH_METRIC,
    LOOKS_METRIC,
    METRIC_NAMESPACE,
    NOT_ASKED_METRIC,
    OVERDUE_METRIC,
    PEER_DIMENSION,
    PEER_METRIC,
)


def write_latch(region: str, record: str, *, off: bool) -> None:
    """Write 1 (take this record out of the answer) or 0 into the latch's metric of ``region``."""
    with calling(f"writing the latch of the {record} record in {region}"):
        client("cloudwatch", region).put_metric_data(
            Namespace=METRIC_NAMESPACE,
            MetricData=[
                {
                    "MetricName": LATCH_METRIC,
                    "Dimensions": [{"Name": LATCH_DIMENSION, "Value": record}],
                    "Value": 1.0 if off else 0.0,
                }
            ],
        )


def write_integrity(region: str, database: str, *, faults: int, not_asked: int) -> None:
    """Write how many of a database's integrity questions deviate, and how many of the plan do not fit it at all."""
    dimensions = [{"Name": INTEGRITY_DIMENSION, "Value": database}]
    with calling(f"writing the integrity of {database} in {region}"):
        client("cloudwatch", region).put_metric_data(
            Namespace=METRIC_NAMESPACE,
            MetricData=[
                {"MetricName": name, "Dimensions": dimensions, "Value": float(value)}
                for name, value in ((INTEGRITY_METRIC, faults), (NOT_ASKED_METRIC, not_asked))
            ],
        )


def write_database_watch(region: str, database: str, *, lost: bool | None, errors: float | None) -> None:
    """Publish whether the app has lost a database, and its share of such responses; None is not published."""
    told = {CONNECTIONS_METRIC: None if lost is None else float(lost), ERRORS_METRIC: errors}
    dimensions = [{"Name": INTEGRITY_DIMENSION, "Value": database}]
    data = [
        {"MetricName": name, "Dimensions": dimensions, "Value": value}
        for name, value in told.items()
        if value is not None
    ]
    if not data:
        return
    with calling(f"telling how {database} is in {region}"):
        client("cloudwatch", region).put_metric_data(Namespace=METRIC_NAMESPACE, MetricData=data)


def publish_observation(region: str, peer: str, *, unhealthy: bool) -> None:
    """Publish one observation of the watcher: that it was made, and 1 if the peer is down to a working view."""
    dimensions = [{"Name": PEER_DIMENSION, "Value": peer}]
    with calling(f"publishing a look at {peer} in {region}"):
        client("cloudwatch", region).put_metric_data(
            Namespace=METRIC_NAMESPACE,
            MetricData=[
                {"MetricName": PEER_METRIC, "Dimensions": dimensions, "Value": 1.0 if unhealthy else 0.0},
                {"MetricName": LOOKS_METRIC, "Dimensions": dimensions, "Value": 1.0},
            ],
        )


def write_overdue(region: str, messages: int) -> None:
    """Write how many messages to people wait for too long, or were given up."""
    with calling(f"writing the overdue messages of {region}"):
        client("cloudwatch", region).put_metric_data(
            Namespace=METRIC_NAMESPACE, MetricData=[{"MetricName": OVERDUE_METRIC, "Value": float(messages)}]
        )


_KEPT = (
    "AlarmName",
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "Namespace",
    "MetricName",
    "Statistic",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
)
"""What an alarm on a metric of RDS is made of, but for its dimensions: a put replaces all of it."""


def follow_instance(region: str, alarm: str, identifier: str) -> bool:
    """Let an alarm on a metric of RDS watch this instance; True when it watched another one. Raises NotFound."""
    with calling(f"describing alarm {alarm} in {region}"):
        found = client("cloudwatch", region).describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    if not found:
        raise NotFound(f"alarm {alarm} does not exist in {region}; deploy the keeper stack again")
    dimensions = [{"Name": "DBInstanceIdentifier", "Value": identifier}]
    if found[0]["Dimensions"] == dimensions:
        return False
    kept = {name: found[0][name] for name in _KEPT if name in found[0]}
    with calling(f"letting alarm {alarm} in {region} watch {identifier}"):
        client("cloudwatch", region).put_metric_alarm(**kept, Dimensions=dimensions)
    return True


def watch_storage(region: str, alarm: str, identifier: str, database: Database, topic: str) -> bool:
    """Make the alarm on the free storage of an instance, as the keeper's stack makes it; True unless it is there."""
    with calling(f"describing alarm {alarm} in {region}"):
        found = client("cloudwatch", region).describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    dimensions = [{"Name": "DBInstanceIdentifier", "Value": identifier}]
    if found and found[0]["Dimensions"] == dimensions:
        return False
    low = f"{database.low_storage_gib:g} GiB"
    with calling(f"making alarm {alarm} in {region}, which watches {identifier}"):
        client("cloudwatch", region).put_metric_alarm(
            AlarmName=alarm,
            AlarmDescription=f"{database.name} has less than {low} left; RDS stops it when it is full",
            Namespace="AWS/RDS",
            MetricName="FreeStorageSpace",
            Dimensions=dimensions,
            Statistic="Minimum",
            Period=60,
            EvaluationPeriods=2,
            DatapointsToAlarm=2,
            Threshold=database.low_storage_gib * _GIB,
            ComparisonOperator="LessThanThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[topic],
        )
    return True


_GIB = 1024**3

RECENT = timedelta(minutes=5)
"""Metrics of AWS services arrive up to a few minutes late; an older value says nothing about now."""


def newest_value(region: str, metric: ServiceMetric, *, now: datetime) -> float | None:
    """The newest value of a service's metric there, over one minute; None without a recent one."""
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions[region].items()]
    measured = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    with calling(f"reading {metric.namespace} {metric.name} in {region}"):
        found = client("cloudwatch", region).get_metric_data(
            MetricDataQueries=[
                {"Id": "newest", "MetricStat": {"Metric": measured, "Period": 60, "Stat": metric.statistic}}
            ],
            StartTime=now - RECENT,
            EndTime=now,
            ScanBy="TimestampDescending",
        )["MetricDataResults"]
    return float(found[0]["Values"][0]) if found and found[0]["Values"] else None
