"""Promotion: from every state an interruption can leave behind, and when a promotion is believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.decisions.common.promotion import (
    adopted,
    judge_proof,
    may_promote,
    promotion_progress,
    promotion_refused,
)
from lyo_dr.model.facts import Instance, WriteProof
from lyo_dr.model.verdict import Progress
from tests.unit.builders import REPLICA, a_deadline, a_primary, a_proof, an_incident, an_instance

BUDGET = timedelta(minutes=45)
OURS = an_incident().id


def asked(instance: Instance, *, called_by: str | None = None, spent: float = 0.0) -> Progress:
    return may_promote(instance, called_by=called_by, deadline=a_deadline(BUDGET, spent=spent))


def watched(instance: Instance, *, spent: float = 0.0) -> Progress:
    return promotion_progress(instance, deadline=a_deadline(BUDGET, spent=spent))


def proven(proof: WriteProof, *, spent: float = 0.0) -> Progress:
    return judge_proof(proof, epoch=1, deadline=a_deadline(BUDGET, spent=spent))


STATUSES = {
    "available": "ready",
    "storage-optimization": "ready",
    "storage-config-upgrade": "ready",
    "backing-up": "pending",
    "modifying": "pending",
    "rebooting": "pending",
    "creating": "pending",
    "upgrading": "pending",
    "a-status-of-the-year-2031": "pending",
    "storage-full": "broken",
    "failed": "broken",
    "stopped": "broken",
    "deleting": "broken",
    "inaccessible-encryption-credentials": "broken",
    "incompatible-network": "broken",
    "incompatible-restore": "broken",
    "incompatible-parameters": "broken",
    "incompatible-option-group": "broken",
}


@pytest.mark.parametrize(("status", "meaning"), STATUSES.items())
def test_every_status_is_ready_pending_or_broken(status: str, meaning: str) -> None:
    assert instance_status(status) == meaning


def test_an_available_replica_can_be_promoted() -> None:
    assert asked(an_instance()) == Progress(status="ready", sentence=f"{REPLICA} can be promoted")


@pytest.mark.parametrize("status", ["storage-optimization", "storage-config-upgrade"])
@pytest.mark.parametrize("spent", [0.0, BUDGET.total_seconds() + 1])
def test_a4_a_status_that_lasts_for_a_day_and_lets_rds_promote_is_no_reason_to_wait(status: str, spent: float) -> None:
    assert asked(an_instance(status), spent=spent) == Progress(status="ready", sentence=f"{REPLICA} can be promoted")


@pytest.mark.parametrize("status", [status for status, meaning in STATUSES.items() if meaning != "ready"])
def test_a4_in_every_other_status_nothing_is_called(status: str) -> None:
    assert asked(an_instance(status)).status != "ready"


@pytest.mark.parametrize("status", ["backing-up", "modifying", "rebooting"])
def test_what_rds_would_refuse_is_waited_for_and_then_given_up(status: str) -> None:
    waiting = asked(an_instance(status), spent=BUDGET.total_seconds() - 1)
    assert (waiting.status, waiting.wait_seconds) == ("pending", 15)
    assert waiting.sentence == f"{REPLICA} is {status}; waiting, because RDS would refuse now"
    given_up = asked(an_instance(status), spent=BUDGET.total_seconds())
    assert given_up.status == "broken"
    assert given_up.sentence == f"{REPLICA} has been {status} for the whole promotion budget"


@pytest.mark.parametrize("status", ["storage-full", "incompatible-network", "failed", "stopped", "deleting"])
def test_what_cannot_be_promoted_is_refused_at_once(status: str) -> None:
    verdict = asked(an_instance(status))
    assert verdict == Progress(status="broken", sentence=f"{REPLICA} is {status} and cannot be promoted")


def test_a_primary_that_somebody_else_promoted_stops_us() -> None:
    verdict = asked(a_primary())
    assert verdict.status == "broken"
    assert verdict.sentence == f"{REPLICA} is no longer a replica; it was promoted by someone else"
    assert "by region-us-west-2-older" in asked(a_primary(), called_by="region-us-west-2-older").sentence


UNDER_WAY = ["available", "modifying", "rebooting", "backing-up", "storage-optimization"]
INTERRUPTED = {
    "crashed before the record": (an_instance(), None, False, False),
    "crashed between the record and the call": (an_instance(), OURS, False, False),
    "accepted, nothing shown yet": (an_instance(), OURS, True, True),
    "accepted, the source still shown": (an_instance(replicating=False), OURS, True, True),
    **{f"accepted, and {status}": (an_instance(status), OURS, True, True) for status in UNDER_WAY},
    "accepted, and done": (a_primary(), OURS, True, True),
    "crashed after the call, which is carried out": (a_primary(), OURS, False, True),
    "crashed after the call, which is carried out and backs up": (a_primary("backing-up"), OURS, False, True),
    "crashed after the call, replication has ended": (an_instance(replicating=False), OURS, False, False),
    **{f"refused, and {status}": (an_instance(status), OURS, False, False) for status in UNDER_WAY},
    "called by another incident, and done": (a_primary(), "another", False, False),
    "called by another incident, under way": (an_instance("modifying"), "another", True, False),
    "promoted by nobody we know": (a_primary(), None, False, False),
}


@pytest.mark.parametrize(("instance", "called_by", "accepted", "ours"), INTERRUPTED.values(), ids=INTERRUPTED.keys())
def test_a6_a_promotion_is_adopted_once_it_was_accepted_or_the_source_is_gone(
    instance: Instance, called_by: str | None, accepted: bool, ours: bool
) -> None:
    assert adopted(instance, called_by, OURS, accepted=accepted) is ours


def test_a6_a_call_that_is_refused_is_made_again_within_the_budget() -> None:
    again = promotion_refused("it is backing up", a_deadline(BUDGET))
    assert (again.status, again.sentence) == ("pending", "RDS refused for now: it is backing up")
    assert promotion_refused("it is backing up", a_deadline(BUDGET, spent=2700)).status == "broken"


DONE = {
    "available, the source gone": a_primary(),
    "backing up does not hold up writes": a_primary("backing-up"),
    "optimising its storage": a_primary("storage-optimization"),
}
NOT_YET = {
    "available right after the call, source still there": an_instance(),
    "the source is gone, replication still shown": a_primary(replicating=True),
    "the source is still shown, replication gone": an_instance(replicating=False),
    "modifying": a_primary("modifying"),
    "rebooting": an_instance("rebooting"),
    "backing up, but still a replica": an_instance("backing-up"),
}


@pytest.mark.parametrize("instance", DONE.values(), ids=DONE.keys())
@pytest.mark.parametrize("spent", [0.0, 9999.0])
def test_a_promotion_is_done_when_the_source_is_gone(instance: Instance, spent: float) -> None:
    verdict = watched(instance, spent=spent)
    assert verdict == Progress(status="ready", sentence=f"{REPLICA} is detached from its source ({instance.status})")


@pytest.mark.parametrize("instance", NOT_YET.values(), ids=NOT_YET.keys())
def test_a_status_alone_proves_nothing_and_ends_with_the_budget(instance: Instance) -> None:
    assert watched(instance).sentence == f"{REPLICA} is being promoted ({instance.status})"
    assert watched(instance).status == "pending"
    late = watched(instance, spent=2700)
    assert late.status == "broken"
    assert late.sentence == f"{REPLICA} is still {instance.status} after the whole promotion budget (45 min)"


def test_an_instance_that_breaks_on_the_way_ends_the_watch() -> None:
    verdict = watched(a_primary("storage-full"))
    assert verdict == Progress(status="broken", sentence=f"{REPLICA} became storage-full while it was promoted")


def test_a_write_under_our_epoch_is_the_proof() -> None:
    verdict = proven(a_proof())
    assert verdict == Progress(status="ready", sentence="Database bookings accepted a write under epoch 1")


READ_ONLY = a_proof(written=False, in_recovery=True, epoch=None)


@pytest.mark.parametrize("spent", [0.0, 60.0, 2699.0, 2700.0, 99999.0])
def test_fault_19_a_promoted_database_that_is_read_only_is_never_ready(spent: float) -> None:
    verdict = proven(READ_ONLY, spent=spent)
    if spent < BUDGET.total_seconds():
        assert verdict.status == "pending"
        assert verdict.sentence == "Database bookings is still read-only; trying again"
    else:
        assert verdict.status == "broken"
        assert (
            verdict.sentence
            == "Database bookings is still read-only although RDS reports it as promoted; traffic stays"
        )


NO_PROOF = {
    "refused": (
        a_proof(written=False, epoch=None, error="DatabaseError 25006"),
        "did not accept a write (DatabaseError 25006)",
    ),
    "unreachable": (
        WriteProof(database="bookings", written=False, error="TimeoutError"),
        "did not accept a write (TimeoutError)",
    ),
    "the row is missing": (a_proof(written=False, epoch=None), "did not accept a write (the row is missing)"),
    "written, but authority is of an older epoch": (a_proof(epoch=0), "did not accept a write (the row is missing)"),
    "written without an authority": (a_proof(epoch=None), "did not accept a write (the row is missing)"),
}


@pytest.mark.parametrize(("proof", "reason"), NO_PROOF.values(), ids=NO_PROOF.keys())
def test_whatever_is_not_a_write_under_our_epoch_is_no_proof(proof: WriteProof, reason: str) -> None:
    assert proven(proof).sentence == f"Database bookings {reason}; trying again"
    assert proven(proof, spent=2700).status == "broken"


@pytest.mark.parametrize("written", [True, False])
def test_a_database_that_obeys_a_newer_epoch_stops_us_at_once(written: bool) -> None:
    verdict = proven(a_proof(epoch=2, written=written))
    assert verdict.status == "broken"
    assert verdict.sentence == "Database bookings is at epoch 2, newer than ours (1)"
