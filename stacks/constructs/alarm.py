"""Alarms on the automation itself: it must not fail unnoticed."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.site import Site


@dataclass(frozen=True)
class Watch:
    """What is counted. The alarm rings when it reaches one in each of ``periods`` periods of ``seconds``."""

    namespace: str
    metric: str
    dimensions: dict[str, str]
    statistic: str = "Sum"
    seconds: int = 60
    periods: int = 1


def ring_responders(scope: Construct, ident: str, *, site: Site, name: str, why: str, watch: Watch) -> None:
    """Tell the responders of this region. One metric per alarm, no arithmetic: each says by its name what happened."""
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
        threshold=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        # Nothing failed is reported as no data: these metrics exist only when there is something to count.
        treat_missing_data="notBreaching",
        alarm_actions=[site.names.topic("responders")],
    )
