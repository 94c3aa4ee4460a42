"""The figures of the model: how long AWS takes for what a laptop does at once, and who says so.

AWS publishes few numbers. ``says`` repeats what the source does say; where it gives words ("several minutes or
longer") instead of numbers, the three numbers are our reading of it, and ``read_as`` admits that.
"""

from __future__ import annotations

from dataclasses import dataclass

from local_aws.data_plane.faults import STRETCHED


@dataclass(frozen=True)
class Figure:
    """One duration in seconds: favourable, ordinary, unfavourable. Larger databases and images exceed ``high``."""

    name: str
    low: float
    typical: float
    high: float
    source: str
    says: str
    read_as: str = ""

    @property
    def published(self) -> bool:
        """Whether the numbers themselves are the source's, not our reading of its words."""
        return not self.read_as


_OURS = "numbers are our reading of these words"

FIGURES: dict[str, Figure] = {
    "checkers": Figure(
        "Route 53's checkers agree that an endpoint is lost",
        20,
        30,
        40,
        "Amazon Route 53 Developer Guide, How Amazon Route 53 determines whether a health check is healthy",
        "a fast check asks every 10 s; three failures in a row count; checkers are not coordinated",
        "three intervals, and one less or more for where in its interval a checker is struck",
    ),
    "alarm": Figure(
        "CloudWatch evaluates a period of the alarm",
        60,
        90,
        180,
        "Amazon CloudWatch User Guide, Using Amazon CloudWatch alarms",
        "an alarm with a period of one minute is evaluated once a minute, over finished periods",
        "one period at least, two with a late data point and three for an unfavourable start",
    ),
    "event": Figure(
        "EventBridge delivers the event, and over regions",
        0.5,
        1,
        5,
        "Amazon EventBridge FAQs",
        "typical latency is about half a second, and it can vary",
        "once per rule on the way, two rules",
    ),
    "cold_start": Figure(
        "A function starts cold",
        0.1,
        1,
        5,
        "AWS Lambda Developer Guide, Understanding the Lambda execution environment lifecycle",
        "a cold start takes from under 100 ms to over one second",
        "over one second read as up to five, for functions in a VPC with a dependency layer",
    ),
    "transition": Figure(
        "Step Functions and warm functions, per step",
        0.1,
        0.3,
        1,
        "AWS Step Functions Developer Guide, Choosing workflow type",
        "standard workflows write every transition durably; no latency is published",
        _OURS,
    ),
    "promotion": Figure(
        "RDS promotes a replica: replication stops, the instance reboots",
        300,
        600,
        1800,
        "Amazon RDS User Guide, Promoting a read replica to be a standalone DB instance",
        "RDS reboots the instance before it is available; several minutes or longer, by the size of the replica",
        _OURS,
    ),
    "task_start": Figure(
        "Fargate starts a task: network interface, image, start, first health checks",
        30,
        60,
        180,
        "Amazon ECS Developer Guide, Amazon ECS task lifecycle, and Best practices for task launch time",
        "a task is provisioned, its interface attached and its image pulled, every time; no duration is published",
        _OURS,
    ),
    "task_stop": Figure(
        "ECS drains and stops a task: deregistration, SIGTERM, SIGKILL",
        5,
        60,
        330,
        "Elastic Load Balancing, Application Load Balancers, Edit target group attributes; Amazon ECS API Reference, "
        "ContainerDefinition",
        "a target without open connections is deregistered at once, else after 300 s by default; "
        "30 s by default lie between SIGTERM and SIGKILL",
        "nothing open, short requests, and both defaults in full",
    ),
    "restore": Figure(
        "RDS restores an instance to a point in time: the backup before it, then the transaction logs",
        600,
        1800,
        7200,
        "AWS Knowledge Center, Why is the point-in-time restore of my Amazon RDS DB instance taking a long time?",
        "the nearest backup is restored and transaction logs are applied; it depends on their number, and no duration "
        "is published",
        _OURS,
    ),
    "lazy_loading": Figure(
        "Blocks of a restored volume are fetched from Amazon S3 at their first read",
        5,
        60,
        600,
        "Amazon RDS User Guide, Restoring to a DB instance",
        "the instance is usable at once and loads on in the background; no duration is published",
        _OURS,
    ),
    "metric": Figure(
        "Route 53 sees the latch through its metric",
        60,
        120,
        180,
        "Amazon Route 53 Developer Guide, Monitoring a CloudWatch alarm",
        "the health check reads the data stream of the alarm, whose period is a minute",
        "one finished period to three",
    ),
    "propagation": Figure(
        "A changed record reaches all DNS servers of Route 53",
        10,
        60,
        60,
        "Amazon Route 53 API Reference, ChangeResourceRecordSets",
        "changes generally propagate to all servers within 60 seconds",
        "the favourable number is ours; 60 s is the source's",
    ),
    "backup": Figure(
        "RDS takes the first backup after a promotion",
        120,
        300,
        1800,
        "Amazon RDS API Reference, PromoteReadReplica",
        "backup duration depends on what changed since the previous backup",
        _OURS,
    ),
    "modification": Figure(
        "RDS makes an instance Multi-AZ",
        600,
        900,
        3600,
        "AWS Database Blog, Best practices for converting a Single-AZ Amazon RDS instance to a Multi-AZ instance",
        "a snapshot is taken and restored in another zone, then synchronised; longer for larger volumes",
        _OURS,
    ),
    "rename": Figure(
        "RDS gives an instance another name",
        300,
        600,
        900,
        "Amazon RDS User Guide, Renaming a DB instance",
        "the new DNS name becomes effective in about ten minutes, and until then the instance is not available",
        "ten minutes are the source's; half more or less is ours",
    ),
}
"""By key. ``backup``, ``modification`` and ``rename`` come after users are served, and are no part of an outage."""


def stretched(clock: float) -> dict[str, float]:
    """Seconds that each stretched phase lasts in a rehearsal whose clock runs ``clock`` times faster."""
    return {key: FIGURES[key].typical / clock for key in STRETCHED}
