"""Figures that nothing reacts to within a minute: written to the log in CloudWatch's embedded metric format.

A line costs no call and no right; CloudWatch takes the figure out of the log a little later, and nobody hears of it
when it does not. What a health check or an alarm waits for is put by ``adapters/aws/cloudwatch.py`` instead.
"""

from __future__ import annotations

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lyo_dr.model.resource_names import ENDED_METRIC, LOSS_METRIC, METRIC_NAMESPACE, ROTATED_METRIC


def incident_ended(ending: str, seconds: float) -> None:
    """How long an incident took from being opened to being closed, by the way it ended."""
    _write(ENDED_METRIC, seconds, ending)


def loss_predicted(gate: str, seconds: float) -> None:
    """How much acknowledged work a failover would lose, as its gate saw it, by what the gate said."""
    _write(LOSS_METRIC, seconds, gate)


def rotation_ended(ending: str, seconds: float) -> None:
    """How long a rotation took, by the way it ended."""
    _write(ROTATED_METRIC, seconds, ending)


def _write(name: str, seconds: float, outcome: str) -> None:
    with single_metric(name=name, unit=MetricUnit.Seconds, value=seconds, namespace=METRIC_NAMESPACE) as metric:
        metric.add_dimension(name="Outcome", value=outcome)
