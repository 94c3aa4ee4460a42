"""Names are computed, never looked up, and fit the limits of AWS."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lyo_dr.model.plan.kinds import PlanName
from lyo_dr.model.resource_names import ResourceNames, kebab, snake
from stacks.grants.instances import made
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, OREGON

HERE, THERE = ResourceNames(lyo_plan(), OREGON), ResourceNames(lyo_plan(), IRELAND)


@pytest.mark.parametrize("name", ["PromoteReplica", "promote_replica", "promote-replica"])
def test_every_spelling_of_a_step_leads_to_the_same_name(name: str) -> None:
    assert kebab(name) == "promote-replica"
    assert snake(name) == "promote_replica"


def test_the_alarm_of_a_region_is_known_by_its_arn() -> None:
    assert HERE.endpoint_alarm_arn(IRELAND) == (
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:lyo-dr-endpoint-eu-west-1-down"
    )


def test_the_latch_of_a_record_is_held_by_the_other_region() -> None:
    assert (HERE.latch_region("primary"), HERE.latch_region("secondary")) == (OREGON, IRELAND)
    assert (HERE.record_of(IRELAND), HERE.record_of(OREGON)) == ("primary", "secondary")


def test_roles_are_global_and_carry_the_region() -> None:
    roles = {names.role("promote_database", "PromoteReplica") for names in (HERE, THERE)}
    assert len(roles) == 2
    assert all(role.endswith((IRELAND, OREGON)) for role in roles)


def test_long_names_are_cut_and_stay_unique() -> None:
    steps = [f"AStepWithAVeryLongNameThatSaysEverythingItDoesAtGreatLength{number}" for number in range(20)]
    functions = {HERE.function("incident_response", step) for step in steps}
    roles = {HERE.role("incident_response", step) for step in steps}
    assert len(functions) == len(roles) == 20
    assert all(len(name) <= 64 for name in functions | roles)


def test_the_longest_name_of_a_plan_makes_bucket_names_that_s3_takes() -> None:
    for region in ("ap-southeast-2", "ap-northeast-1"):
        names = ResourceNames(lyo_plan(name="acme-shop-production"), region)
        assert names.evidence_bucket == f"acme-shop-production-dr-evidence-123456789012-{region}"
        assert all(len(bucket) <= 63 for bucket in (names.evidence_bucket, names.ledger_bucket))


TAKEN_BY_RDS = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,62}(?<!-)")
"""One to 63 letters, digits and hyphens, a letter first, no hyphen last, no two in a row (RDS API reference)."""


@given(st.from_regex(r"[a-z](-?[a-z0-9]){0,31}", fullmatch=True), st.integers(1, 63))
@example("a" * 43 + "-b", 63)
@example("a" * 43 + "-b", 45)
def test_c8_every_name_an_incident_makes_is_one_rds_takes_and_one_the_database_is_known_by(
    name: str, length: int
) -> None:
    identifier = name[:length].rstrip("-")
    plan = lyo_plan(databases__0__instances={IRELAND: identifier, OREGON: "other"})
    names, database = ResourceNames(plan, IRELAND), plan.databases[0]
    successors = [names.restored(identifier, "i", 7), names.probe(identifier, "i", 21)]
    kept = [names.damaged(identifier, "i"), names.evidence(identifier, "i")]
    assert [one for one in (*successors, *kept) if not TAKEN_BY_RDS.fullmatch(one)] == []
    assert [database.lives_in(one, IRELAND) for one in successors] == [True, True]
    for kind, made_names in (("r", successors), ("damaged", kept[:1])):
        (granted,) = made(plan, names, kind)
        assert all(fnmatchcase(names.instance(one), granted) for one in made_names)


@pytest.mark.parametrize("hyphen_at", range(1, 62))
@pytest.mark.parametrize("length", [45, 63])
def test_r1_a_name_cut_at_a_hyphen_is_one_rds_takes(hyphen_at: int, length: int) -> None:
    letters = ["a"] * length
    letters[min(hyphen_at, length - 2)] = "-"
    identifier = "".join(letters)
    made_names = [
        HERE.restored(identifier, "i", 99),
        HERE.probe(identifier, "i", 99),
        HERE.damaged(identifier, "i"),
        HERE.evidence(identifier, "i"),
    ]
    assert [one for one in made_names if not TAKEN_BY_RDS.fullmatch(one)] == []
    assert len(set(made_names)) == len(made_names)


TAKEN_BY_S3 = re.compile(r"[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]")


def _is_taken(name: str) -> bool:
    try:
        msgspec.convert(name, PlanName)
    except msgspec.ValidationError:
        return False
    return True


@given(st.from_regex(r"[a-z0-9-]{1,14}", fullmatch=True))
def test_r1_a_plan_whose_name_would_give_two_hyphens_in_a_row_is_refused(name: str) -> None:
    plan = msgspec.structs.replace(lyo_plan(), name=name)
    if not _is_taken(name):
        return
    for region in (IRELAND, OREGON):
        names = ResourceNames(plan, region)
        buckets = [names.ledger_bucket, names.evidence_bucket]
        assert [one for one in buckets if not TAKEN_BY_S3.fullmatch(one)] == []
        others = [names.table, names.bus, names.stack("region_failover"), names.machine_name("a_b"), names.peer_alarm]
        assert [one for one in others if "--" in one] == []


@pytest.mark.parametrize(("name", "taken"), [("ab", True), ("a-b", True), ("a--b", False), ("ab-", False)])
def test_r1_hyphens_in_the_name_of_a_plan(name: str, taken: bool) -> None:
    assert _is_taken(name) is taken


@given(st.from_regex(r"([A-Z][a-z]{1,9}){1,9}", fullmatch=True))
def test_c8_names_of_functions_roles_and_buckets_have_no_two_hyphens_in_a_row(step: str) -> None:
    made_names = [HERE.function("incident_response", step), HERE.role("incident_response", step), HERE.ledger_bucket]
    assert [name for name in made_names if "--" in name or len(name) > 64] == []


def test_resources_are_named_in_the_region_they_live_in() -> None:
    assert HERE.machine("region_failover") == (
        "arn:aws:states:us-west-2:123456789012:stateMachine:lyo-dr-region-failover"
    )
    assert HERE.execution("region_failover", "*").endswith("execution:lyo-dr-region-failover:*")
    assert HERE.topic("responders") == "arn:aws:sns:us-west-2:123456789012:lyo-dr-responders"
    assert HERE.instance("db") == "arn:aws:rds:us-west-2:123456789012:db:db"
    assert HERE.service("c", "s").endswith(":service/c/s")
    assert HERE.cluster("c").endswith(":cluster/c")
    assert HERE.sql_secret("bookings") == "lyo-dr/bookings/sql"


def test_stacks_are_told_apart_by_part_and_region() -> None:
    assert HERE.stack("region_failover") == "LyoDr-region-failover-us-west-2"
    assert (HERE.detection_stack(), HERE.workload_stack()) == ("LyoDr-detection", "LyoWorkload-us-west-2")
