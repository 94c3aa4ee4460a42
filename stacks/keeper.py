"""Scheduled functions, every minute: heartbeat, latch, fence, autoscaling limits, watcher; with their alarms."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from constructs import Construct

from lyo_dr.model.resource_names import (
    INTEGRITY_DIMENSION,
    INTEGRITY_METRIC,
    LATCH_DIMENSION,
    LATCH_METRIC,
    LOOKS_METRIC,
    METRIC_NAMESPACE,
    NOT_ASKED_METRIC,
    PEER_DIMENSION,
    PEER_METRIC,
)
from stacks.constructs.alarm import Watch, ring_responders
from stacks.constructs.function_assets import FunctionAssets
from stacks.constructs.step import DEFAULT, Limits, Step
from stacks.database_alarms import database_alarms
from stacks.site import Site

_MINUTE = cdk.Duration.minutes(1)

# The checks of one database share a connection of timing.sql_timeout; databases are checked one after the other.
_INTEGRITY_QUESTIONS = cdk.Duration.seconds(60)
_INTEGRITY_ROUND = cdk.Duration.minutes(5)

# One round writes for most of a minute; ten more seconds for a database that responds slowly.
_HEARTBEAT_ROUND = cdk.Duration.seconds(70)

# Every service is stopped and every database closed in one run; rows of many tables are compared in one.
_FENCE_ROUND = cdk.Duration.minutes(2)
# Each secret is read in both regions, and a region that does not respond is waited for a few seconds each time.
_FOLLOW_ROUND = cdk.Duration.minutes(2)
_HOURLY = {
    "SweepProbes": "what searches have left behind was not cleaned up",
    "FollowStorage": "the alarms on free storage were not pointed to the current instances",
    "RemindOfBlocks": "nobody was reminded of blocked addresses",
}
"""Clean-up and reminders, which can wait for an hour; and what it means when they fail."""
_ASKED = ("CloseDatabase", "ListRecentRows", "FindRows", "CountConnections")
"""SQL functions that keepers outside the VPC invoke."""

# A last probe that begins at the end of the round takes as long as its slowest request and the replicas' state.
_WATCH_ROUND = cdk.Duration.seconds(90)

_SILENT_MINUTES = 5


class Keeper(cdk.Stack):
    """The keepers of one region. Each record's latch lies in the other region, which outlives it."""

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(
            scope,
            site.names.stack("keeper"),
            env=site.environment,
            description=f"Lyo DR: heartbeat and latch in {site.region}",
        )
        assets = FunctionAssets(self, site, key)
        self._keep(assets, "WriteHeartbeat", _HEARTBEAT_ROUND, "no heartbeat was written")
        self._keep(assets, "KeepLatch", DEFAULT.timeout, "the latch alarm's metric was not sent")
        reader = Step(assets, self, "keeper", "ReadIntegrity", Limits(timeout=_INTEGRITY_QUESTIONS))
        reader.keep_warm()
        checker = Step(
            assets, self, "keeper", "CheckIntegrity", Limits(timeout=_INTEGRITY_ROUND, asynchronous_retries=0)
        )
        checker.every("EveryFiveMinutes", cdk.Duration.minutes(5))
        checker.ring_on_errors("the integrity checks did not run three times in a row", rounds=3)
        for database in site.plan.databases_in(site.region):
            self._data(site, database.name)
            database_alarms(self, site, database)
        self._keep(assets, "WatchDatabases", DEFAULT.timeout, "the databases were not monitored")
        self._keep(assets, "FenceSelf", _FENCE_ROUND, "this region did not check whether it is deposed")
        self._keep(assets, "FenceDeposed", _FENCE_ROUND, "the fence of the deposed region was not maintained")
        self._keep(assets, "SettleLimits", DEFAULT.timeout, "autoscaling limits that are owed were not set")
        self._keep(assets, "CountDivergence", _FENCE_ROUND, "rows of the deposed databases could not be compared")
        for name, why in _HOURLY.items():
            hourly = Step(assets, self, "keeper", name, Limits(timeout=DEFAULT.timeout, asynchronous_retries=0))
            hourly.every("EveryHour", cdk.Duration.hours(1))
            hourly.ring_on_errors(f"{why} three hours in a row", rounds=3)
        self._follow(assets, site)
        for name in _ASKED:
            Step(assets, self, "keeper", name).keep_warm()
        self._keep(assets, "WatchPeer", _WATCH_ROUND, "the other region was not probed")
        self._watch(site)
        for record in ("primary", "secondary"):
            if site.names.latch_region(record) == site.region:
                self._latch(site, record)

    def _keep(self, assets: FunctionAssets, name: str, timeout: cdk.Duration, why: str) -> None:
        # Not retried after a failure: the next run is a minute later, with fresher facts. Run every
        # minute, the function never idles, so it needs no daily ping.
        step = Step(assets, self, "keeper", name, Limits(timeout=timeout, asynchronous_retries=0))
        step.every("EveryMinute", _MINUTE)
        step.ring_on_errors(f"{why} three minutes in a row", rounds=3)

    def _follow(self, assets: FunctionAssets, site: Site) -> None:
        """The standby brings keys from the active region's secrets, where the plan names some."""
        if not site.plan.following():
            return
        step = Step(assets, self, "keeper", "FollowKeys", Limits(timeout=_FOLLOW_ROUND, asynchronous_retries=0))
        step.every("EveryFiveMinutes", cdk.Duration.minutes(5))
        step.ring_on_errors("keys that follow were not brought three times in a row", rounds=3)

    def _data(self, site: Site, database: str) -> None:
        """One run raises either alarm, for the next one is five minutes later; the second one opens no incident."""
        ring_responders(
            self,
            f"Integrity{database.capitalize()}",
            site=site,
            name=site.names.integrity_alarm(database),
            why=f"the data of {database} deviates from the last good integrity check",
            watch=Watch(METRIC_NAMESPACE, INTEGRITY_METRIC, {INTEGRITY_DIMENSION: database}),
        )
        ring_responders(
            self,
            f"NotAsked{database.capitalize()}",
            site=site,
            name=site.names.not_asked_alarm(database),
            why=f"integrity queries or tables of the plan could not be asked of {database}: a typo, a missing table or "
            "a missing right; its data is not accused. Which: the log of CheckIntegrity",
            watch=Watch(METRIC_NAMESPACE, NOT_ASKED_METRIC, {INTEGRITY_DIMENSION: database}),
        )

    def _watch(self, site: Site) -> None:
        """Two alarms: one opens incidents without us-east-1, one notifies responders that the watcher does not run."""
        names, peer = site.names, site.plan.regions.peer_of(site.region)
        dimensions = [cloudwatch.CfnAlarm.DimensionProperty(name=PEER_DIMENSION, value=peer)]
        cloudwatch.CfnAlarm(
            self,
            "PeerUnhealthy",
            alarm_name=names.peer_alarm,
            alarm_description=f"For two minutes, every probe of {peer} found its app and its AWS endpoint unresponsive",
            namespace=METRIC_NAMESPACE,
            metric_name=PEER_METRIC,
            dimensions=dimensions,
            statistic="Minimum",
            period=60,
            evaluation_periods=2,
            datapoints_to_alarm=2,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            # Missing data is no finding: a watcher that fails must not cause a failover.
            treat_missing_data="notBreaching",
        )
        cloudwatch.CfnAlarm(
            self,
            "WatcherSilent",
            alarm_name=names.watcher_alarm,
            alarm_description=f"{peer} has not been probed for {_SILENT_MINUTES} minutes; only Route 53 watches it",
            namespace=METRIC_NAMESPACE,
            metric_name=LOOKS_METRIC,
            dimensions=dimensions,
            statistic="Sum",
            period=60,
            evaluation_periods=_SILENT_MINUTES,
            datapoints_to_alarm=_SILENT_MINUTES,
            threshold=1,
            comparison_operator="LessThanThreshold",
            treat_missing_data="breaching",
            alarm_actions=[names.topic("responders")],
        )

    def _latch(self, site: Site, record: str) -> None:
        """The alarm Route 53 watches, which needs standard resolution, one metric, one period, and no metric math."""
        alarm = cloudwatch.CfnAlarm(
            self,
            f"Latch{record.capitalize()}",
            alarm_name=site.names.latch_alarm(record),
            alarm_description=f"1: the {record} record is no longer served; it never returns on its own",
            namespace=METRIC_NAMESPACE,
            metric_name=LATCH_METRIC,
            dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name=LATCH_DIMENSION, value=record)],
            statistic="Maximum",
            period=60,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            # A keeper that does not report must not move traffic, in either direction.
            treat_missing_data="ignore",
        )
        # Never replaced: the health check refers to it by name, and a new check starts healthy.
        alarm.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
