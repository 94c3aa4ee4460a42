"""The steps of a breach, one by one, in the region that is active."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.ec2 import rules_of
from lyo_dr.adapters.aws.iam import POLICY, revoked_before
from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.breach.response import judge_breach
from lyo_dr.errors import GateNotPassed, NotContained
from lyo_dr.model.consent import Consent
from lyo_dr.model.incident import Incident
from lyo_dr.model.issuer import KeyName, Outstanding
from lyo_dr.model.verdict import Progress
from lyo_dr.services.breach import breach_context
from lyo_dr.services.incident import containment
from lyo_dr.steps.breach_response import (
    announce_breach,
    announce_breach_failure,
    assess_breach,
    check_tasks,
    conclude_breach,
    isolate_groups,
    lift_containment,
    open_gate,
    renew_tasks,
    revoke_sessions,
)
from lyo_dr.steps.breach_response import (
    judge_breach as judge_step,
)
from lyo_dr.steps.secret_rotation import open_rotation
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.breaches import BREACH, SECRET, a_breach_signal, given_breach, with_breach
from tests.unit.builders import IRELAND, NOON, OREGON, at
from tests.unit.operator_requests import ADA, knock

ROLE = "lyo-saas-production-task"
ACCESS = {"database": "bookings", "readable": {"lyo_app": ["lyo_users"]}}


@pytest.fixture
def ours(world: World, monkeypatch: pytest.MonkeyPatch) -> Incident:
    monkeypatch.setenv("AWS_REGION", IRELAND)
    return given_breach(world)


def request(incident: Incident, **more: Any) -> dict[str, Any]:
    return {"incident": msgspec.to_builtins(incident), **{k: msgspec.to_builtins(v) for k, v in more.items()}}


def course(incident: Incident, **hint: Any) -> Any:
    return judge_breach(lyo_plan(), incident, a_breach_signal(**hint), None)


def head(world: World) -> dict[str, Any]:
    found = world.ctx(region=IRELAND).store.incidents.head(BREACH)
    assert found is not None
    return found


def open_the_gate(world: World) -> None:
    world.ctx(region=IRELAND).store.incidents.set(BREACH, gate="open")


def said(world: World) -> list[str]:
    return [line.sentence for line in world.ctx(region=IRELAND).store.incidents.timeline(BREACH)]


def test_judging_puts_the_deadline_and_the_gate_on_record(world: World, ours: Incident) -> None:
    answer = judge_step.handler(request(ours, signal=a_breach_signal()))
    assert answer["status"] == "ask"
    assert (head(world)["gate"], head(world)["notify_before"][:19]) == ("ask", "2026-04-01T12:00:00")
    assert any("The authority must be notified by" in sentence for sentence in said(world))


def test_it_is_judged_without_a_lease(world: World, ours: Incident) -> None:
    assert world.ctx(region=OREGON).store.control.lease() is None
    assert judge_step.handler(request(ours, signal=a_breach_signal()))["status"] == "ask"


def test_a_gate_opens_with_the_consent_to_these_facts_and_with_no_other(world: World, ours: Incident) -> None:
    asked = judge_step.handler(request(ours, signal=a_breach_signal()))
    ctx = world.ctx(region=IRELAND)
    with pytest.raises(GateNotPassed, match="no consent to"):
        open_gate.handler(request(ours, signal=a_breach_signal()))
    consent = Consent(facts=asked["gate"]["facts"], finding="breach", by="ada")
    ctx.store.incidents.set(BREACH, consent=msgspec.to_builtins(consent))
    assert open_gate.handler(request(ours, signal=a_breach_signal()))["status"] == "act"
    assert head(world)["gate"] == "open"


def test_the_legal_side_is_told_on_its_own_topic(world: World, ours: Incident) -> None:
    part = announce_breach.handler(request(ours, course=course(ours)))
    assert part["status"] == "done"
    assert any(sentence.startswith("Notified legal: Breach suspected") for sentence in said(world))


def test_fault_51_a_legal_side_that_cannot_be_told_is_a_part_that_failed_and_no_error(
    world: World, ours: Incident
) -> None:
    def nothing_takes_it(_number: int, name: str) -> None:
        if name.startswith(("dynamodb:", "lambda:")):
            raise refusal("InternalError", status=500)

    world.calls.before = nothing_takes_it
    assert announce_breach.handler(request(ours, course=course(ours)))["status"] == "failed"


def test_fresh_tasks_are_asked_for_once_and_the_moment_is_kept(world: World, ours: Incident) -> None:
    open_the_gate(world)
    first, again = renew_tasks.handler(request(ours)), renew_tasks.handler(request(ours))
    assert first["status"] == "ready"
    assert first["before"] == again["before"]
    assert world.calls.count("ecs:UpdateService") == 1


def test_a_closed_gate_renews_isolates_and_revokes_nothing(world: World, ours: Incident) -> None:
    for handler, more in (
        (renew_tasks.handler, {}),
        (isolate_groups.handler, {}),
        (revoke_sessions.handler, {"before": NOON}),
    ):
        with pytest.raises(GateNotPassed):
            handler(request(ours, **more))


def test_older_sessions_of_the_plans_roles_are_refused(world: World, ours: Incident) -> None:
    open_the_gate(world)
    _given_role(world)
    part = revoke_sessions.handler(request(ours, before=at(30)))
    assert part["status"] == "done"
    assert revoked_before(ROLE) == "2026-03-29T12:00:30Z"
    found = client("iam", "us-east-1").get_role_policy(RoleName=ROLE, PolicyName=POLICY)["PolicyDocument"]
    assert found["Statement"][0]["Effect"] == "Deny"


def test_fault_51_a_role_that_is_missing_is_named_and_stops_nothing(world: World, ours: Incident) -> None:
    open_the_gate(world)
    part = revoke_sessions.handler(request(ours, before=at(30)))
    assert part["status"] == "failed"
    assert ROLE in part["sentence"]
    assert any(sentence.startswith("Failed (sessions): ") for sentence in said(world))


def _given_role(world: World) -> None:
    world.calls.preparing = True
    client("iam", "us-east-1").create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
    world.calls.preparing = False


def test_a_group_is_emptied_and_filled_again_as_it_was(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ec2 = client("ec2", IRELAND)
    world = build(lyo_plan())
    world.calls.preparing = True
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="app", Description="app", VpcId=vpc)["GroupId"]
    web = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=web)
    world.calls.preparing = False
    world = build(with_breach(lyo_plan(), isolate={IRELAND: [group]}))
    monkeypatch.setenv("AWS_REGION", IRELAND)
    incident = given_breach(world)
    open_the_gate(world)
    before = rules_of(group, IRELAND)
    assert before["in"]
    assert before["out"]
    assert isolate_groups.handler(request(incident))["status"] == "done"
    assert rules_of(group, IRELAND) == {"in": [], "out": []}
    assert isolate_groups.handler(request(incident))["status"] == "done", "a retry finds it empty"
    assert lift_containment.handler({"incident": BREACH, "by": "ada", "why": "over"})["done"]
    assert rules_of(group, IRELAND) == before


def test_what_was_within_reach_is_drafted_kept_and_sent_to_the_legal_side_alone(
    world: World, ours: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breach_context, "invoke", lambda *_args, **_more: ACCESS)
    part = assess_breach.handler(request(ours, course=course(ours), so_far={}))
    assert part["status"] == "done"
    assert (
        "Readable: lyo_users; drafts for the authority and for customers are waiting for a person" in part["sentence"]
    )
    notes = world.ctx(region=IRELAND).store.incidents.notes(BREACH, "DRAFT")
    assert {note["standing"] for note in notes} == {"waits for a person"}
    assert not [sentence for sentence in said(world) if "Notified responders" in sentence or "stakeholders" in sentence]


def test_the_end_is_told_to_the_legal_side_too(world: World, ours: Incident) -> None:
    done = {"part": "block", "status": "done", "sentence": "Blocked"}
    so_far = {"at_once": [done], "consent": {"answer": "declined", "sentence": "ada declined: no"}}
    answer = conclude_breach.handler(request(ours, course=course(ours), so_far=so_far))
    assert answer["ending"] == "held"
    assert any(sentence.startswith("Notified legal: Breach held") for sentence in said(world))


def test_fault_51_what_was_not_done_ends_in_a_failure_that_names_it(world: World, ours: Incident) -> None:
    error = {"Error": "AccessDenied", "Cause": '{"errorMessage": "may not", "errorType": "AccessDenied"}'}
    so_far = {"at_once": [{"part": "block", "error": error}], "consent": {"answer": "approved", "sentence": "x"}}
    with pytest.raises(NotContained, match="block: AccessDenied: may not"):
        conclude_breach.handler(request(ours, course=course(ours), so_far=so_far))
    told = announce_breach_failure.handler(request(ours, error=error))
    assert told["queued"] == ["legal", "responders"]


def ended(ours: Incident, *, answer: str = "approved", **more: Any) -> Any:
    so_far = {"at_once": [], "consent": {"answer": answer, "sentence": "x"}, **more}
    return conclude_breach.handler(request(ours, course=course(ours), so_far=so_far))


REDIS = KeyName(SECRET, "REDIS_URL")


def test_a_key_that_nothing_rotates_is_outstanding_by_name_until_a_person_says_it_is_done(
    world: World, ours: Incident
) -> None:
    outcome = ended(ours)
    assert f"except for REDIS_URL of {SECRET}" in outcome["sentence"]
    (left,) = world.ctx(region=IRELAND).store.outstanding.all()
    assert (left.name, left.wanted, left.incident) == (REDIS, "by_hand", BREACH)
    assert any(line.startswith("Notified responders: ACTION NEEDED: 1 key to replace by hand") for line in said(world))
    assert any(line.startswith("Notified legal: Breach contained, 1 key outstanding") for line in said(world))
    order = {"action": "settle", "secret": SECRET, "key": "REDIS_URL", "why": "token changed"}
    status, sentence = knock(order)
    assert (status, sentence) == (200, f"{ADA} says that {REDIS} is done: token changed")
    assert world.ctx(region=IRELAND).store.outstanding.all() == []
    assert said(world)[-1] == f"No longer outstanding: {sentence}"
    assert knock(order)[0] == 404


def test_concluded_again_it_is_kept_and_notified_once_and_what_is_settled_stays_settled(
    world: World, ours: Incident
) -> None:
    ended(ours)
    first = world.ctx(region=IRELAND).store.outstanding.all()
    ended(ours)
    assert world.ctx(region=IRELAND).store.outstanding.all() == first
    assert sum("to replace by hand" in line for line in said(world)) == 1
    knock({"action": "settle", "secret": SECRET, "key": "REDIS_URL", "why": "done"})
    ended(ours)
    assert world.ctx(region=IRELAND).store.outstanding.all() == []


def test_it_is_outstanding_where_a_part_of_the_response_failed(world: World, ours: Incident) -> None:
    failed = {"part": "rotation", "error": {"Error": "AccessDenied", "Cause": "{}"}}
    with pytest.raises(NotContained):
        ended(ours, rotation=failed)
    assert [each.name for each in world.ctx(region=IRELAND).store.outstanding.all()] == [REDIS]


def test_the_twin_a_breach_that_was_declined_leaves_nothing_outstanding(world: World, ours: Incident) -> None:
    ended(ours, answer="declined")
    assert world.ctx(region=IRELAND).store.outstanding.all() == []


@pytest.mark.parametrize(
    ("order", "status", "says"),
    [
        ({"secret": SECRET, "key": "REDIS_URL"}, 400, "needs a reason"),
        ({"secret": SECRET, "why": "x"}, 400, "needs the names of a secret and of its key"),
        ({"secret": SECRET, "key": "OPENAI_API_KEY", "why": "x"}, 409, "OpenAI can tell whether OPENAI_API_KEY of"),
        ({"secret": SECRET, "key": "NOPE", "why": "x"}, 404, "is not outstanding here"),
    ],
)
def test_a_word_that_does_not_count_is_refused_with_what_does(
    world: World, ours: Incident, order: dict[str, str], status: int, says: str
) -> None:
    ended(ours)
    asked = KeyName(SECRET, "OPENAI_API_KEY")
    world.ctx(region=IRELAND).store.outstanding.keep(
        Outstanding(name=asked, issuer="OpenAI", wanted="new", incident=BREACH, since=NOON, sentence="x")
    )
    found = knock({"action": "settle", **order})
    assert found[0] == status
    assert says in found[1]
    assert len(world.ctx(region=IRELAND).store.outstanding.all()) == 2


# -- the rotation inside it -------------------------------------------------------------------------------
def _open(order: dict[str, Any]) -> Any:
    now = datetime.now(UTC).isoformat()
    return open_rotation.handler({"order": order, "execution": "nested", "started_at": now})


def test_a_rotation_inside_a_breach_takes_a_lease_of_its_own(world: World, ours: Incident) -> None:
    opening = _open({"by": "breach", "secrets": [SECRET], "incident": BREACH})
    assert opening["status"] == "open"
    lease = world.ctx(region=OREGON).store.control.lease()
    assert lease is not None
    assert (lease.holder, lease.kind, lease.epoch) == ("rotation-nested", "rotation", opening["rotation"]["epoch"])
    assert opening["rotation"]["incident"] == BREACH


@pytest.mark.parametrize("kind", ["region_loss", "restore", "rotation"])
def test_the_twin_it_waits_for_work_that_holds_the_lease(world: World, ours: Incident, kind: Any) -> None:
    ctx = world.ctx(region=OREGON)
    assert ctx.store.control.take_lease("another", ctx.now(), world.plan.budgets.lease, kind)
    assert _open({"by": "breach", "secrets": [SECRET], "incident": BREACH})["status"] == "postponed"


def test_containment_goes_on_while_a_failover_holds_the_lease(
    world: World, ours: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = world.ctx(region=OREGON)
    held = ctx.store.control.take_lease("region-eu-west-1-x", ctx.now(), world.plan.budgets.lease)
    monkeypatch.setattr(check_tasks, "all_ready", lambda *_: Progress(status="ready", sentence="All tasks are new"))
    assert check_tasks.handler(request(ours, before=datetime.now(UTC)))["status"] == "ready"
    assert judge_step.handler(request(ours, signal=a_breach_signal()))["status"] == "ask"
    assert ctx.store.control.lease() == held


# -- lifting ----------------------------------------------------------------------------------------------
def test_a_breach_that_is_worked_on_is_not_lifted_and_one_that_has_ended_is(
    world: World, ours: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lyo_dr.decisions.incident.operator_commands import OperatorCommand

    monkeypatch.setattr(containment, "invoke", lambda *_args, **_more: {"done": True, "sentence": "lifted"})
    ctx, order = world.ctx(region=IRELAND), OperatorCommand(action="lift", incident=BREACH, why="over")
    assert containment.lift_containment(order, "ada", ctx).status == 409
    ctx.store.incidents.set(BREACH, state="closed")
    assert containment.lift_containment(order, "ada", ctx).status == 200
    assert (
        containment.lift_containment(OperatorCommand(action="lift", incident="other", why="x"), "ada", ctx).status
        == 404
    )
