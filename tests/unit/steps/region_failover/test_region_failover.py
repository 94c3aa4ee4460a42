"""Gate, second look, fence, capacity, traffic, latches."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import session
from lyo_dr.errors import AutomationPaused, EpochStale, GateNotPassed, LeaseLost, NotFound
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.steps.deploy_service import check_capacity, raise_capacity
from lyo_dr.steps.fence_region import fence_services
from lyo_dr.steps.keeper import keep_latch
from lyo_dr.steps.region_failover import check_gate, confirm_region_lost, lift_fence
from lyo_dr.steps.switch_traffic import take_authority, throw_latch
from tests.plans import lyo_plan, plan_of_two
from tests.unit.aws import RdsModel, World, refusal
from tests.unit.builders import IRELAND, OREGON, REPLICA, a_probe, a_triage, given_replica, observers, silent_looks


def event(incident: Incident, **more: Any) -> dict[str, Any]:
    return {"incident": msgspec.to_builtins(incident), **more}


def judged(incident: Incident, **changes: Any) -> dict[str, Any]:
    """What the gate is given: the incident, the facts, and a triage that is certain."""
    return event(incident, facts=facts(**changes), triage=msgspec.to_builtins(a_triage()))


def facts(**changes: Any) -> Any:
    return msgspec.to_builtins(observers(samples=silent_looks(before=datetime.now(UTC)), **changes))


def test_an_open_gate_is_put_on_record_with_the_loss_it_found(world: World) -> None:
    incident = world.given_incident(gate=None)
    verdict = check_gate.handler(judged(incident, replicas=[given_replica(silent_for=2.5)]))
    assert (verdict["status"], verdict["loss_seconds"]) == ("open", 2.5)
    head = world.ctx().store.incidents.head(incident.id)
    assert head is not None
    assert (head["gate"], head["predicted_loss_ms"]) == ("open", 2500)


@pytest.mark.parametrize("break_it", ["no instance", "promoted", "lag"])
def test_a_closed_gate_is_put_on_record_and_lets_nothing_pass(world: World, break_it: str) -> None:
    incident = world.given_incident(gate=None)
    if break_it == "no instance":
        del world.calls.rds[REPLICA]
    if break_it == "promoted":
        world.calls.rds[REPLICA].source = None
    silent_for = 5000 if break_it == "lag" else 1
    verdict = check_gate.handler(judged(incident, replicas=[given_replica(silent_for=silent_for)]))
    assert verdict["status"] == ("ask" if break_it == "lag" else "closed")
    with pytest.raises(GateNotPassed):
        throw_latch.handler(event(incident))
    assert world.latch() == []


def test_an_unknown_loss_is_recorded_as_unknown(world: World) -> None:
    incident = world.given_incident(gate=None)
    verdict = check_gate.handler(judged(incident, replicas=[]))
    assert verdict["loss_seconds"] is None
    head = world.ctx().store.incidents.head(incident.id)
    assert head is not None
    assert head["predicted_loss_ms"] is None


def test_the_gate_stays_shut_for_a_paused_automation_and_an_old_epoch(world: World) -> None:
    incident = world.given_incident(gate=None)
    world.ctx().store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=5))
    with pytest.raises(EpochStale):
        check_gate.handler(judged(incident))
    world.pause()
    with pytest.raises(AutomationPaused):
        check_gate.handler(judged(incident))


def test_the_second_look_goes_on_or_calls_off(world: World) -> None:
    incident = world.given_incident()
    assert confirm_region_lost.handler(event(incident, facts=facts(), so_far={}))["next"] == "fence"
    alive = facts(witness=a_probe(200))
    assert confirm_region_lost.handler(event(incident, facts=alive, so_far={}))["next"] == "call_off"
    answered = {"fence": {"status": "answered", "sentence": "s"}}
    assert confirm_region_lost.handler(event(incident, facts=alive, so_far=answered))["next"] == "lift_fence"
    assert world.said()[-2] == (
        "Called off, nothing was changed: an AWS endpoint of eu-west-1 responds, so the region is up"
    )


def test_a_region_that_listens_is_fenced_and_the_fence_can_be_lifted(world: World) -> None:
    incident = world.given_incident()
    world.prepare("ecs")
    verdict = fence_services.handler(event(incident))
    assert verdict == {"status": "answered", "sentence": "eu-west-1 answered; stopped assistant"}
    assert world.service(IRELAND) == (0, 0, 4)
    fence_services.handler(event(incident))
    lifted = lift_fence.handler(event(incident))
    assert lifted == {"lifted": ["assistant to 2 tasks"]}
    assert world.service(IRELAND) == (2, 2, 4), "a second fence must not note the zero of the first"


def test_lifting_a_fence_that_never_was_touches_nothing(world: World) -> None:
    incident = world.given_incident()
    assert lift_fence.handler(event(incident)) == {"lifted": []}
    assert world.said()[-1] == "Fence lifted in eu-west-1: nothing to undo"
    assert world.calls.count("ecs:UpdateService") == 0


def test_a_refused_fence_is_an_answer_of_the_region(world: World) -> None:
    incident = world.given_incident()
    world.calls.fail("ecs:DescribeServices", refusal("AccessDeniedException"))
    verdict = fence_services.handler(event(incident))
    assert verdict["status"] == "answered"
    assert verdict["sentence"].startswith("eu-west-1 answered, but nothing could be stopped (describing service")


def test_a_region_that_falls_silent_half_way_was_heard(world: World) -> None:
    incident = world.given_incident()
    world.calls.fail("ecs:UpdateService", refusal("ServiceUnavailable", status=503))
    assert fence_services.handler(event(incident))["status"] == "answered"


_SLOW_MACHINE_SECONDS = 4.0
"""Less than a client takes that was given no budget: two seconds to connect, three times."""


@contextmanager
def black_hole() -> Iterator[str]:
    """Accepts nothing: its queue is full, so that connecting hangs as it does where packets are dropped."""
    with socket.socket() as server, socket.socket() as filler:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        filler.connect(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def never_answers() -> Iterator[str]:
    """Accepts (the kernel does) and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("silence", "error"), [(black_hole, "ConnectTimeoutError"), (never_answers, "ReadTimeoutError")]
)
@pytest.mark.parametrize("services", [1, 2])
def test_fault_07_a_black_holed_api_ends_within_the_fences_budget_and_is_recorded_as_unknown(
    build: Callable[[Plan], World],
    monkeypatch: pytest.MonkeyPatch,
    silence: Callable[[], Any],
    error: str,
    services: int,
) -> None:
    one, two = lyo_plan(), plan_of_two()
    plan = msgspec.structs.replace(
        one if services == 1 else two, budgets=msgspec.structs.replace(one.budgets, fence=two.budgets.fence / 5)
    )
    world = build(plan)
    incident = world.given_incident()
    world.prepare("ecs")
    with silence() as endpoint:
        _send_to(endpoint, monkeypatch)
        started = time.monotonic()
        verdict = fence_services.handler(event(incident))
        took = time.monotonic() - started
    assert took <= plan.budgets.fence.total_seconds() + _SLOW_MACHINE_SECONDS
    assert verdict["status"] == "unknown"
    assert verdict["sentence"] == (
        "eu-west-1 could not be fenced (describing service lyo-saas-production in eu-west-1: "
        f"no answer ({error})); veto and latch protect"
    )
    assert world.said()[-1] == verdict["sentence"]


def _send_to(endpoint: str, patch: pytest.MonkeyPatch) -> None:
    """Lead the lost region's ECS to a socket; moto lets go of addresses that are not Amazon's."""
    real = session._session().create_client

    class Session:
        def create_client(self, service: str, region_name: str, config: Any) -> Any:
            where = {"endpoint_url": endpoint} if region_name == IRELAND else {}
            return real(service, region_name=region_name, config=config, **where)

    session.client.cache_clear()
    patch.setattr(session, "_session", Session)


@pytest.fixture(autouse=True)
def _forget_clients() -> Iterator[None]:
    yield
    if any("127.0.0.1" in str(session.client("ecs", region).meta.endpoint_url) for region in (IRELAND, OREGON)):
        session.client.cache_clear()


def test_fault_07_slow_answers_to_many_services_cannot_outlast_the_budget(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(plan_of_two())
    incident = world.given_incident()
    clock = [0.0]
    monkeypatch.setattr("lyo_dr.adapters.clock.monotonic", lambda: clock[0])

    def each_takes_long(_number: int, name: str) -> None:
        if name.startswith(("ecs:", "application-autoscaling:")):
            clock[0] += 1.6

    world.calls.after = each_takes_long
    verdict = fence_services.handler(event(incident))
    assert clock[0] <= world.plan.budgets.fence.total_seconds()
    assert verdict["sentence"] == "eu-west-1 answered; stopped assistant; not confirmed: no time left for worker"


def test_capacity_is_raised_with_the_autoscaling_minimum_first_and_only_once(world: World) -> None:
    incident = world.given_incident()
    asked = event(incident, service="assistant", started_at="2026-03-29T12:00:00Z")
    assert raise_capacity.handler(asked)["desired"] == 2
    assert world.service() == (2, 2, 4)
    scaled = [name for name in world.calls.made if name.endswith(("RegisterScalableTarget", "UpdateService"))]
    assert scaled == ["application-autoscaling:RegisterScalableTarget", "ecs:UpdateService"]
    assert raise_capacity.handler(asked)["sentence"] == "Service assistant already has 2 desired tasks"
    assert world.calls.count("ecs:UpdateService") == 1
    assert check_capacity.handler(asked)["status"] == "ready"


def test_a_service_that_does_not_exist_is_named(build: Callable[[Plan], World]) -> None:
    world = build(lyo_plan())
    incident = world.given_incident()
    session.client("ecs", OREGON).delete_service(cluster="lyo-saas-dr", service="lyo-saas-dr", force=True)
    with pytest.raises(NotFound, match="service lyo-saas-dr does not exist in cluster lyo-saas-dr of us-west-2"):
        raise_capacity.handler(event(incident, service="assistant", started_at="2026-03-29T12:00:00Z"))


def test_watching_capacity_keeps_the_lease_and_stops_when_it_is_lost(world: World) -> None:
    incident = world.given_incident()
    world.ctx().store.control.release_lease(incident.id, incident.epoch, world.ctx().now())
    with pytest.raises(LeaseLost, match="CheckCapacity did nothing: our lease was released"):
        check_capacity.handler(event(incident, service="assistant", started_at="2026-03-29T12:00:00Z"))


def test_taking_authority_writes_the_record_once(world: World) -> None:
    incident = world.given_incident()
    for _ in range(2):
        assert take_authority.handler(event(incident)) == {"active_region": OREGON, "epoch": 1, "strategy": "latch"}
    assert world.ctx().store.control.record() == SystemRecord(active_region=OREGON, standby_region=None, epoch=1)
    head = world.ctx().store.incidents.head(incident.id)
    assert head is not None
    assert head["authority"] == "taken"
    assert world.said() == [
        "us-west-2 is active at epoch 1; there is no standby until a new replica streams",
        "us-west-2 was active at epoch 1 already",
    ]


def test_the_latch_takes_the_lost_regions_record_out_without_a_call_to_route_53(world: World) -> None:
    incident = world.given_incident()
    assert throw_latch.handler(event(incident)) == {"record": "primary"}
    assert world.latch() == [("primary", 1.0)]
    assert not [name for name in world.calls.made if name.startswith("route53")]


def test_the_keeper_repeats_what_the_record_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keep_latch.handler({}) == {"record": "primary", "off": False}
    incident = world.given_incident()
    take_authority.handler(event(incident))
    assert keep_latch.handler({}) == {"record": "primary", "off": True}
    assert world.latch() == [("primary", 0.0), ("primary", 1.0)]
    monkeypatch.setenv("AWS_REGION", IRELAND)
    assert keep_latch.handler({}) == {"record": "secondary", "off": False}, "Ireland's own record knows nothing yet"


def test_no_step_of_the_failover_calls_the_lost_region(world: World) -> None:
    """Fencing apart. The regions that were asked are those of the clients that were made for the calls."""
    incident = world.given_incident()
    regions: list[str] = []
    real = world.calls.call

    def watch(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        regions.append(client.meta.region_name)
        return real(client, operation, asked)

    world.prepare("ecs")
    world.calls.call = watch  # type: ignore[method-assign]
    check_gate.handler(judged(incident))
    raise_capacity.handler(event(incident, service="assistant", started_at="2026-03-29T12:00:00Z"))
    take_authority.handler(event(incident))
    throw_latch.handler(event(incident))
    assert set(regions) == {OREGON}
    assert isinstance(world.calls.rds[REPLICA], RdsModel)
