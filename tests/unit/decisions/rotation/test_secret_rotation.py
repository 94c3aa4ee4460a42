"""When a rotation may begin, which user comes next, and what is taken up instead of begun."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.common.lease import gives_way, take
from lyo_dr.decisions.common.redeployment import redeployed, unsettled
from lyo_dr.decisions.incident.admission import admit
from lyo_dr.decisions.rotation.secret_rotation import Copy, cannot_rotate, choose_course, login_progress, may_open
from lyo_dr.model.incident import Lease
from lyo_dr.model.plan import Database
from lyo_dr.model.rotation import LoginTry
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, NOON, OREGON, a_deadline, a_lease, a_service, a_signal, at, first_day

FIRST, SECOND = Login("lyo_app", "one"), Login("lyo_app_b", "two")


def a_database(*roles: str) -> Database:
    return Database(name="bookings", instances={}, app_roles=list(roles or ("lyo_app", "lyo_app_b")))


def a_copy(region: str = IRELAND, **changes: Any) -> Copy:
    facts: dict[str, Any] = {"region": region, "current_id": "v1", "current": FIRST}
    return Copy(**{**facts, **changes})


def opening(lease: Lease | None = None, *, here: str = IRELAND, waited: float = 0.0, **record: Any) -> Any:
    return may_open(
        first_day(**record),
        lease,
        here=here,
        holder="rotation-x",
        deadline=a_deadline(timedelta(hours=4), spent=waited, now=at(10)),
    )


# -- may it begin -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("lease", [None, a_lease(expires_at=at(5)), a_lease(holder="rotation-x")])
def test_with_nothing_else_under_way_it_begins_in_the_active_region(lease: Lease | None) -> None:
    assert opening(lease).status == "open"


def test_fault_48_while_an_incident_is_worked_on_it_waits() -> None:
    verdict = opening(a_lease())
    assert (verdict.status, verdict.wait_seconds) == ("postponed", 15)
    assert "is in progress; the rotation starts when it has ended" in verdict.sentence


def test_fault_48_in_the_region_a_failover_leads_to_it_waits_as_well() -> None:
    assert opening(a_lease(), here=OREGON).status == "postponed"


def test_fault_48_it_does_not_wait_for_ever() -> None:
    verdict = opening(a_lease(), waited=4 * 3600)
    assert verdict.status == "given_up"
    assert "nothing was rotated" in verdict.sentence


def test_in_the_region_that_stands_by_it_is_not_ours() -> None:
    assert opening(here=OREGON).status == "not_ours"


# -- who gives way ----------------------------------------------------------------------------------------
def test_fault_48_a_lost_region_takes_the_lease_of_a_rotation_over_under_a_newer_epoch() -> None:
    held = a_lease(holder="rotation-x", epoch=4, kind="rotation")
    taken = take(
        held, holder="region-1", kind="region_loss", record=first_day(), now=at(10), duration=timedelta(minutes=15)
    )
    assert taken is not None
    assert (taken.holder, taken.epoch) == ("region-1", 5)
    verdict = admit(
        a_signal(),
        here=OREGON,
        pair=(IRELAND, OREGON),
        incident_id="region-1",
        record=first_day(),
        lease=held,
        now=NOON,
        max_age=timedelta(minutes=15),
    )
    assert verdict.admission == "open"


@pytest.mark.parametrize(
    ("held", "by"), [("region_loss", "rotation"), ("region_loss", "region_loss"), ("rotation", "rotation")]
)
def test_fault_48_the_twin_nobody_else_gives_way(held: Any, by: Any) -> None:
    lease, minute = a_lease(holder="first", kind=held), timedelta(minutes=1)
    assert not gives_way(lease, by)
    assert take(lease, holder="second", kind=by, record=first_day(), now=at(10), duration=minute) is None


# -- which user comes next --------------------------------------------------------------------------------
@pytest.mark.parametrize(("current", "following"), [(FIRST, "lyo_app_b"), (SECOND, "lyo_app")])
def test_the_user_that_is_not_in_use_takes_the_new_password(current: Login, following: str) -> None:
    course = choose_course(a_database(), [a_copy(current=current), a_copy(OREGON, current=current)], "new")
    assert (course.kind, course.user, course.retiring) == ("begin", following, current.user)


def test_fault_47_what_this_rotation_staged_before_it_was_interrupted_is_gone_on_with() -> None:
    course = choose_course(a_database(), [a_copy(pending_id="new", pending=SECOND)], "new")
    assert (course.kind, course.user, course.retiring) == ("go_on", "lyo_app_b", "lyo_app")


def test_fault_47_an_earlier_rotation_that_moved_on_unproven_is_finished_before_another_begins() -> None:
    """The application may still run on the first login: a new password for its user would lock it out."""
    course = choose_course(a_database(), [a_copy(current_id="v2", current=SECOND, proven_id="v1", proven=FIRST)], "new")
    assert (course.kind, course.user, course.retiring) == ("finish", "lyo_app_b", "lyo_app")


def test_fault_47_copies_that_disagree_are_brought_in_step_first() -> None:
    course = choose_course(a_database(), [a_copy(current=SECOND), a_copy(OREGON)], "new")
    assert (course.kind, course.user) == ("finish", "lyo_app_b")


def test_fault_47_the_twin_another_key_changed_by_a_person_is_no_unfinished_rotation() -> None:
    copies = [a_copy(current_id="v7", proven_id="v1", proven=FIRST)]
    assert choose_course(a_database(), copies, "new").kind == "begin"


def test_fault_47_a_pending_version_of_nobody_is_cleared_and_said() -> None:
    course = choose_course(a_database(), [a_copy(pending_id="old", pending=SECOND), a_copy(OREGON)], "new")
    assert (course.kind, course.abandoned) == ("begin", True)
    assert course.sentence.endswith("; an abandoned version is no longer pending in eu-west-1")


# -- what cannot be rotated -------------------------------------------------------------------------------
@pytest.mark.parametrize("roles", [("lyo_app",), ("a", "b"), ("lyo_app", "b", "c")])
def test_without_two_users_to_alternate_between_nothing_is_rotated(roles: tuple[str, ...]) -> None:
    fault = cannot_rotate(a_database(*roles), [a_copy()])
    assert fault is not None
    assert "give the plan two app_roles" in fault


def test_a_copy_that_secrets_manager_rotates_itself_is_left_to_it() -> None:
    fault = cannot_rotate(a_database(), [a_copy(), a_copy(OREGON, rotated_by="arn:x")])
    assert fault is not None
    assert fault.startswith("Secrets Manager rotates the copy in us-west-2 itself")


def test_the_twin_two_copies_with_two_users_can_be_rotated() -> None:
    assert cannot_rotate(a_database(), [a_copy(), a_copy(OREGON)]) is None


# -- accepted, refused ------------------------------------------------------------------------------------
def answers(wanted: Any, seconds: float = 0.0, **tries: LoginTry) -> Any:
    return login_progress(
        dict(tries), user="lyo_app", wanted=wanted, deadline=a_deadline(timedelta(seconds=60), spent=seconds, poll=1)
    )


YES, NO = LoginTry(accepted=True), LoginTry(accepted=False, refused=True, reason="DatabaseError 28P01")
SILENT = LoginTry(accepted=False, reason="TimeoutError")


@pytest.mark.parametrize(
    ("wanted", "here", "there", "status"),
    [
        ("accepted", YES, YES, "ready"),
        ("accepted", YES, NO, "pending"),
        ("accepted", SILENT, YES, "pending"),
        ("refused", NO, NO, "ready"),
        ("refused", NO, YES, "pending"),
        ("refused", SILENT, NO, "pending"),
    ],
)
def test_every_region_has_to_give_the_wanted_answer(wanted: str, here: LoginTry, there: LoginTry, status: str) -> None:
    """A silence is neither: a login that cannot be tried is not refused."""
    assert answers(wanted, ireland=here, oregon=there).status == status


def test_when_time_is_up_the_unwanted_answer_is_said() -> None:
    verdict = answers("refused", 61, ireland=YES, oregon=NO)
    assert verdict.status == "broken"
    assert verdict.sentence == "After 1 min 1 s the old login of lyo_app is not refused (ireland: accepted)"


# -- tasks ------------------------------------------------------------------------------------------------
def replaced(seconds: float = 0.0, **reasons: str) -> Any:
    return redeployed(
        dict(reasons), services=["web"], deadline=a_deadline(timedelta(seconds=60), spent=seconds, poll=1)
    )


def test_tasks_are_waited_for_until_the_budget_is_over() -> None:
    assert replaced().status == "ready"
    assert replaced(web="2 of 2 tasks run, and not all are new").status == "pending"
    assert replaced(61, web="2 of 2 tasks run, and not all are new").status == "broken"


def test_a_rollout_that_failed_is_not_waited_for() -> None:
    state = a_service(rollout="FAILED", stop_reasons=["Essential container in task exited"])
    verdict = replaced(web=unsettled(state))
    assert verdict.status == "broken"
    assert verdict.sentence.endswith("web: the rollout failed (stopped: Essential container in task exited)")


def test_the_committed_plan_can_be_rotated() -> None:
    assert [secret.name for secret in lyo_plan().rotatable()] == ["lyo-saas/production/app-secrets"]
