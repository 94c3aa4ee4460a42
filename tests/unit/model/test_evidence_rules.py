"""Faults of the part ``evidence`` of a plan, as the person who wrote it reads them."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan.file import PlanFaults, read_plan
from tests.plans import lyo_plan, raw_plan


def test_lyos_plan_preserves_in_both_regions() -> None:
    plan = lyo_plan()
    assert set(plan.evidence.log_groups) == set(plan.regions.pair)


def test_readers_can_be_named_with_their_path() -> None:
    readers = ["arn:aws:iam::123456789012:role/legal/reader"]
    assert lyo_plan(evidence__readers=readers).evidence.readers == readers


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("retention_days", 0, "write 1 to 36500: an object lock takes no other"),
        ("fresh", "PT1H", "write PT12H or more"),
        ("history", "PT1H", "shorter than evidence.fresh"),
        ("copy_within", "PT1H", "would hold a rotation up for too long"),
        ("export_within", "P2D", "write P1D or less"),
        ("readers", ["ada"], "is not the ARN of a role"),
        ("log_groups", {"eu-central-1": ["/x"]}, "eu-central-1 is none of the two regions"),
    ],
)
def test_a_rule_that_is_broken_is_one_sentence_with_its_place(field: str, value: Any, said: str) -> None:
    with pytest.raises(PlanFaults) as caught:
        read_plan(raw_plan(**{f"evidence__{field}": value}))
    (fault,) = caught.value.faults
    assert fault.startswith(f"evidence.{field}")
    assert said in fault
