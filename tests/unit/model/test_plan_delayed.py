"""The delayed replica of a plan: one clear sentence per fault."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.model.plan import DelayedReplica, Plan
from lyo_dr.model.plan.file import PlanFaults
from lyo_dr.model.plan.rules import broken_rules
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, OREGON, PRIMARY

NAME = "lyo-saas-production-postgres-delayed"


def with_delayed(**changes: Any) -> Plan:
    plan = lyo_plan()
    facts: dict[str, Any] = {"instances": {IRELAND: NAME}, "delay": timedelta(hours=1), **changes}
    (database, *others) = plan.databases
    restore = msgspec.structs.replace(database.restore, delayed=DelayedReplica(**facts))
    return msgspec.structs.replace(plan, databases=[msgspec.structs.replace(database, restore=restore), *others])


def test_a_delayed_replica_in_one_region_or_both_is_fine_and_none_is_too() -> None:
    for plan in (lyo_plan(), with_delayed(), with_delayed(instances={IRELAND: NAME, OREGON: f"{NAME}-2"})):
        assert broken_rules(plan) == []
    assert with_delayed().databases[0].delayed_in(IRELAND) == NAME
    assert with_delayed().databases[0].delayed_in(OREGON) is None
    assert lyo_plan().databases[0].delayed_in(IRELAND) is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"delay": timedelta(0)}, ".delay: 0 s; RDS delays by up to a day, write more than PT0S and P1D or less"),
        ({"delay": timedelta(days=1, seconds=1)}, ".delay: 24 h; RDS delays by up to a day"),
        ({"instances": {}}, ".instances: empty; name the replica of one region at least, or leave delayed out"),
        ({"instances": {"eu-north-1": NAME}}, ".instances: eu-north-1 is none of the pair; use eu-west-1 or us-west-2"),
        ({"instances": {IRELAND: PRIMARY}}, f".instances: '{PRIMARY}' is named for something else already"),
    ],
)
def test_each_fault_has_one_sentence(changes: Any, fault: str) -> None:
    (sentence,) = broken_rules(with_delayed(**changes))
    assert sentence.startswith(f"databases[0].restore.delayed{fault}")


def test_a_name_rds_does_not_take_is_refused_with_one_it_takes() -> None:
    with pytest.raises(PlanFaults, match=r"delayed\.instances\.eu-west-1: 'Late_One' .*; did you mean 'late-one'\?$"):
        lyo_plan(databases__0__restore__delayed={"instances": {IRELAND: "Late_One"}, "delay": "PT1H"})
