"""Protecting the new primary: asked for once, believed when it shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.decisions.common.protection import is_asked_for, is_protected, may_protect, protection_progress
from lyo_dr.model.facts import Instance
from lyo_dr.model.verdict import Progress
from tests.plans import lyo_plan
from tests.unit.builders import REPLICA, a_deadline, a_primary

DATABASE = lyo_plan().databases[0]
BUDGET = timedelta(minutes=90)
SAFE = a_primary(multi_az=True, backup_retention_days=7)
BARE = a_primary(multi_az=False, backup_retention_days=1)


def asked(instance: Instance, spent: float = 0.0) -> Progress:
    return may_protect(DATABASE, instance, deadline=a_deadline(BUDGET, spent=spent))


def checked(instance: Instance, spent: float = 0.0) -> Progress:
    return protection_progress(DATABASE, instance, deadline=a_deadline(BUDGET, spent=spent))


SHOWN = {
    "as the plan says": (SAFE, True),
    "more than the plan says": (a_primary(multi_az=True, backup_retention_days=35), True),
    "one zone": (a_primary(multi_az=False, backup_retention_days=7), False),
    "one day of backups": (a_primary(multi_az=True, backup_retention_days=1), False),
    "no backups": (a_primary(multi_az=True, backup_retention_days=0), False),
    "nothing": (BARE, False),
}


@pytest.mark.parametrize(("instance", "protected"), SHOWN.values(), ids=SHOWN.keys())
def test_fault_20_protected_means_backups_and_zones_of_the_plan(instance: Instance, protected: bool) -> None:
    assert is_protected(DATABASE, instance) is protected


def test_a_plan_with_one_zone_is_satisfied_by_one_zone() -> None:
    one_zone = lyo_plan(databases__0__multi_az=False).databases[0]
    instance = a_primary(multi_az=False, backup_retention_days=7)
    assert is_protected(one_zone, instance)
    verdict = protection_progress(one_zone, instance, deadline=a_deadline(BUDGET, poll=1))
    assert verdict.sentence == f"{REPLICA} keeps 7 days of backups and runs in one zone, as planned"


ASKED = {
    "both accepted": (["BackupRetentionPeriod", "MultiAZ"], True),
    "only the zones accepted, backups missing": (["MultiAZ"], False),
    "only the backups accepted, zones missing": (["BackupRetentionPeriod"], False),
    "something else accepted": (["AllocatedStorage"], False),
}


@pytest.mark.parametrize(("pending", "enough"), ASKED.values(), ids=ASKED.keys())
def test_a_change_is_asked_for_until_all_of_it_was_accepted(pending: list[str], enough: bool) -> None:
    instance = a_primary("modifying", multi_az=False, backup_retention_days=1, pending_changes=pending)
    assert is_asked_for(DATABASE, instance) is enough


def test_fault_20_an_available_bare_primary_may_be_protected_now() -> None:
    assert asked(BARE).status == "ready"


@pytest.mark.parametrize("status", ["backing-up", "modifying", "rebooting"])
def test_fault_20_while_rds_would_refuse_it_is_waited_for(status: str) -> None:
    bare = a_primary(status, multi_az=False, backup_retention_days=1)
    waiting = asked(bare, spent=5399)
    assert waiting == Progress(
        status="pending", sentence=f"{REPLICA} cannot be protected yet ({status})", wait_seconds=15
    )
    assert asked(bare, spent=5400).status == "broken"


def test_what_is_protected_or_accepted_already_is_left_alone() -> None:
    accepted = a_primary("modifying", pending_changes=["BackupRetentionPeriod", "MultiAZ"])
    for instance in (SAFE, accepted):
        assert asked(instance).sentence == f"{REPLICA} already has backups and Multi-AZ, or the change is pending"


def test_fault_20_accepted_is_not_protected() -> None:
    accepted = a_primary("available", backup_retention_days=7, pending_changes=["MultiAZ"])
    waiting = checked(accepted)
    assert (waiting.status, waiting.sentence) == ("pending", f"{REPLICA} is not protected yet (available)")


def test_protected_is_believed_when_it_shows_and_is_settled() -> None:
    assert checked(SAFE).sentence == f"{REPLICA} keeps 7 days of backups and runs in several zones"
    settling = a_primary("modifying", multi_az=True, backup_retention_days=7)
    assert checked(settling).status == "pending"


@pytest.mark.parametrize(
    ("instance", "spent"),
    [(a_primary("storage-full"), 0.0), (a_primary("incompatible-network"), 0.0), (BARE, 5400.0)],
)
def test_what_ends_without_protection_is_broken(instance: Instance, spent: float) -> None:
    verdict = checked(instance, spent)
    assert verdict == Progress(
        status="broken", sentence=f"{REPLICA} is not protected yet ({instance.status})", wait_seconds=1
    )
