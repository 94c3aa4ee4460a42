"""Alarms on the automation itself: it must not fail unnoticed."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.site import Site


@dataclass(frozen=True)
class Watch:
    """A metric to count. The alarm is raised when it reaches one in each of ``periods`` periods of ``seconds``."""

    namespace: str
    metric: str
    dimensions: dict[str, str]
    statistic: str = "Sum"
    seconds: int = 60
    periods: int = 1


def ring_responders(scope: Construct, ident: str, *, site: Site, name: str, why: str, watch: Watch) -> None:
    """Alarm that notifies this region's responders. One metric, no metric math: its name says what happened."""
    cloudwatch.CfnAlarm(
        scope,
        ident,
        alarm_name=name,
        alarm_description=why,
        namespace=watch.namespace,
        metric_name=watch.metric,
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(name=key, value=value) for key, value in watch.dimensions.items()
        ],
        statistic=watch.statistic,
        period=watch.seconds,
        evaluation_periods=watch.periods,
        datapoints_to_alarm=watch.periods,
        threshold=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        # Missing data means no failure: these metrics exist only when there is something to count.
        treat_missing_data="notBreaching",
        alarm_actions=[site.names.topic("responders")],
    )
