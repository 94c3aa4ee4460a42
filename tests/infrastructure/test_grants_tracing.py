"""X-Ray's rights are given where the plan asks for tracing, with one reason for their wildcard, and nowhere else."""

from __future__ import annotations

import msgspec

from lyo_dr.model.plan import Plan
from stacks.grants.function import trace
from tests.plans import lyo_plan


def traced() -> Plan:
    return msgspec.structs.replace(lyo_plan(), tracing=True)


def test_a_plan_that_does_not_ask_for_tracing_gives_no_right() -> None:
    assert not lyo_plan().tracing
    assert trace(lyo_plan(), "xray:GetSamplingRules") == []


def test_a_plan_that_asks_for_tracing_lets_segments_be_sent() -> None:
    (grant,) = trace(traced())
    assert grant.actions == ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
    assert list(grant.wildcards()) == ["*"]
    assert "X-Ray has no resource" in grant.why


def test_a_machine_may_also_read_what_is_sampled() -> None:
    (grant,) = trace(traced(), "xray:GetSamplingRules", "xray:GetSamplingTargets")
    assert grant.actions[:2] == ("xray:GetSamplingRules", "xray:GetSamplingTargets")
