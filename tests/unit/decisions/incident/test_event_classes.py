"""Our readers of events and Powertools' event source data classes read the same out of the same event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, LambdaFunctionUrlEvent

from lyo_dr.decisions.incident.findings import signal_of
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, caller, read_order
from lyo_dr.model.incident import Signal
from tests.plans import lyo_plan
from tests.unit.breaches import a_finding
from tests.unit.builders import an_alarm
from tests.unit.operator_requests import ADA, request

ORDER = {"action": "pause", "why": "maintenance"}


def test_an_alarm_is_read_as_the_data_class_reads_it() -> None:
    event = EventBridgeEvent(an_alarm())
    signal = signal_of(event.raw_event, lyo_plan())
    assert isinstance(signal, Signal)
    assert (event.source, event.detail_type) == ("aws.cloudwatch", "CloudWatch Alarm State Change")
    assert event.account == lyo_plan().account
    assert signal.at == datetime.fromisoformat(event.detail["state"]["timestamp"])
    assert len(event.resources) == 1


def test_a_finding_is_read_as_the_data_class_reads_it() -> None:
    event = EventBridgeEvent(a_finding())
    signal = signal_of(event.raw_event, lyo_plan())
    assert isinstance(signal, Signal)
    assert signal.breach is not None
    assert (event.source, event.detail_type) == ("aws.guardduty", "GuardDuty Finding")
    assert (signal.region, signal.breach.finding) == (event.region, event.detail["id"])


@pytest.mark.parametrize("body", [ORDER, {"action": "acknowledge"}])
def test_an_order_is_read_as_the_data_class_reads_it(body: dict[str, Any]) -> None:
    event = LambdaFunctionUrlEvent(request(body))
    order = read_order(event.raw_event)
    iam = event.request_context.authorizer.iam if event.request_context.authorizer else None
    assert isinstance(order, OperatorCommand)
    assert (event.request_context.http.method, event.json_body) == ("POST", body)
    assert iam is not None
    assert caller(event.raw_event) == iam.user_arn == ADA
