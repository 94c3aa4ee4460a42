"""A deposed region fences itself, the other one sees to it, rows are counted; and a healthy one is left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters import clock
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.aws.table import Table
from lyo_dr.errors import CallRefused, ServiceUnreachable
from lyo_dr.model.fence import OwnFence
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.names import Names
from lyo_dr.steps.keeper import count_divergence, fence_deposed, fence_self, keep_latch
from lyo_dr.steps.switch_traffic import take_authority
from tests.unit.aws import World, refusal
from tests.unit.vocabulary import IRELAND, OREGON, an_incident, first_day

OREGON_TOOK_OVER = first_day(active_region=OREGON, standby_region=None, epoch=1)
Go = Callable[[str], None]


class Functions:
    """The functions keepers ask, and what they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {
            "close-database": {"database": "bookings", "closed": True, "reason": "closed", "ended": 3},
            "list-recent-rows": {"keys": [], "cut": False},
            "find-rows": [],
        }

    def __call__(self, function: str, payload: dict[str, Any], region: str, **_limits: float) -> Any:
        """In the place of ``invoke``."""
        name = function.removeprefix("lyo-dr-keeper-")
        self.asked.append((name, region, payload))
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer(payload) if callable(answer) else answer


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Functions:
    found = Functions()
    for module in (fence_self, count_divergence):
        monkeypatch.setattr(module, "invoke", found)
    return found


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Go:
    """Be in a region from now on."""
    return lambda region: monkeypatch.setenv("AWS_REGION", region)


def oregon_takes_over(world: World) -> str:
    """As TakeAuthority leaves it: on record in Oregon alone."""
    incident = world.given_incident()
    world.here().incidents.set(incident.id, predicted_loss_ms=2000)
    take_authority.handler({"incident": msgspec.to_builtins(incident)})
    return incident.id


# -- the deposed region -----------------------------------------------------------------------------------
def test_fault_30_a_primary_that_comes_back_fences_itself_once_it_reads_its_peer(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    fence_self.handler({})
    assert fence_self.handler({}) == {"deposed": True, "complete": True}
    ireland = world.here(region=IRELAND)
    assert ireland.system.record() == OREGON_TOOK_OVER
    assert world.service(IRELAND) == (0, 0, 4)
    assert functions.asked[0] == ("close-database", IRELAND, {"database": "bookings", "epoch": 1})
    note = ireland.incidents.read_note("deposed-epoch-1", "FENCE", "assistant")
    assert note is not None
    assert (note["desired"], note["minimum"]) == (2, 2), "the way back is written down before anything is taken"
    assert ireland.fences.own() == OwnFence(
        epoch=1,
        complete=True,
        sentence="us-west-2 is active at epoch 1, so this region fences itself: "
        "services at zero, bookings closed to the app",
    )


def test_fault_30_what_is_done_is_not_repeated_and_people_are_told_once(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    for _ in range(4):
        fence_self.handler({})
    assert world.calls.count("ecs:UpdateService") == 1
    assert world.calls.count("application-autoscaling:RegisterScalableTarget") == 1
    assert world.calls.count("sns:Publish") == 1


def test_fault_30_the_latch_of_the_deposed_region_follows_its_record(
    world: World, functions: Functions, go: Go
) -> None:
    """Ireland had failed over to itself once: its latch held the SECONDARY record out."""
    world.here(region=IRELAND).system.change_record(first_day(standby_region=None, epoch=3))
    world.here().system.change_record(first_day(active_region=OREGON, standby_region=None, epoch=5))
    go(IRELAND)
    assert keep_latch.handler({}) == {"record": "secondary", "off": True}
    fence_self.handler({})
    assert keep_latch.handler({}) == {"record": "secondary", "off": False}


def test_a_task_that_somebody_starts_in_a_deposed_region_is_stopped_again(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    fence_self.handler({})
    place = world.plan.services[0].places[IRELAND]
    Ecs(IRELAND).set_desired(place, 2)
    fence_self.handler({})
    assert world.service(IRELAND)[0] == 0


def test_a_database_that_cannot_be_closed_yet_is_asked_again_and_is_not_called_fenced(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    functions.answers["close-database"] = ServiceUnreachable("asking it: no answer")
    fence_self.handler({})
    assert fence_self.handler({}) == {"deposed": True, "complete": False}
    functions.answers["close-database"] = {"database": "bookings", "closed": True, "reason": "closed"}
    assert fence_self.handler({}) == {"deposed": True, "complete": True}


HEALTHY = {
    "first day": (first_day(), first_day()),
    "equal epochs that contradict each other": (
        first_day(epoch=4),
        first_day(active_region=OREGON, standby_region=None, epoch=4),
    ),
    "an older word of the peer": (
        first_day(epoch=4, standby_region=None),
        first_day(active_region=OREGON, standby_region=None, epoch=3),
    ),
    "a newer word of the peer that names us": (first_day(), first_day(epoch=6, standby_region=None)),
}


@pytest.mark.parametrize(("mine", "theirs"), HEALTHY.values(), ids=HEALTHY.keys())
def test_fault_30_the_twin_a_region_that_is_not_deposed_does_two_reads_and_nothing_else(
    world: World, functions: Functions, go: Go, mine: SystemRecord, theirs: SystemRecord
) -> None:
    for region, record in ((IRELAND, mine), (OREGON, theirs)):
        if record.epoch:
            world.here(region=region).system.change_record(record)
    world.prepare("ecs")
    go(IRELAND)
    before = len(world.calls.made)
    assert fence_self.handler({}) == {"deposed": False}
    assert world.calls.made[before:] == ["dynamodb:GetItem"] * 2
    assert functions.asked == []
    assert world.here(region=IRELAND).system.record() == mine


@pytest.mark.parametrize("silence", [ServiceUnreachable("no answer"), CallRefused("no"), refusal("AccessDenied")])
def test_fault_30_the_twin_an_unreachable_peer_fences_nothing(
    world: World, functions: Functions, go: Go, monkeypatch: pytest.MonkeyPatch, silence: Exception
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    real = world.calls.call

    def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        if client.meta.region_name == OREGON:
            raise silence
        return real(client, operation, asked)

    monkeypatch.setattr(world.calls, "call", call)
    assert fence_self.handler({}) == {"deposed": False}
    assert functions.asked == []
    assert world.here(region=IRELAND).system.record() == first_day()


def test_while_a_person_has_paused_a_region_its_keeper_leaves_services_and_databases_to_them(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    world.prepare("ecs")
    world.pause()
    assert fence_deposed.handler({}) == {"deposed": True, "confirmed": False}
    Table(Names(world.plan, IRELAND).table, IRELAND).put({"pk": "SYSTEM", "sk": "PAUSE", "paused": True, "by": "ada"})
    go(IRELAND)
    assert fence_self.handler({}) == {"deposed": True, "complete": False}
    assert world.service(IRELAND) == (2, 2, 4)
    assert functions.asked == []
    assert world.here(region=IRELAND).system.record() == OREGON_TOOK_OVER, "who is active is no question of a pause"


def test_the_standby_never_fences_itself(world: World, functions: Functions, go: Go) -> None:
    go(OREGON)
    assert fence_self.handler({}) == {"deposed": False}
    assert functions.asked == []


# -- the region that took over ----------------------------------------------------------------------------
def test_fault_30_the_fence_is_tried_again_from_outside_until_it_is_confirmed(
    world: World, functions: Functions, go: Go
) -> None:
    incident = oregon_takes_over(world)
    world.prepare("ecs")
    assert fence_deposed.handler({}) == {"deposed": True, "confirmed": False}
    assert world.service(IRELAND) == (0, 0, 4), "stopped from outside, while its own keeper sleeps"
    fence_deposed.handler({})
    known = world.here().fences.deposed(1)
    assert known is not None
    assert known.sentence.endswith("it has not said yet that its databases are closed")
    go(IRELAND)
    fence_self.handler({})
    go(OREGON)
    assert fence_deposed.handler({}) == {"deposed": True, "confirmed": True}
    known = world.here().fences.deposed(1)
    assert known is not None
    assert (known.by, known.incident) == ("FenceDeposed", incident)
    assert known.confirmed_at is not None
    assert world.said()[-2].startswith("The fence of eu-west-1 is confirmed: us-west-2 is active at epoch 1")


def test_a_confirmed_fence_is_told_once_and_costs_nothing_any_more(world: World, functions: Functions, go: Go) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    fence_self.handler({})
    fence_self.handler({})
    go(OREGON)
    for _ in range(3):
        fence_deposed.handler({})
    before, published = len(world.calls.made), world.calls.count("sns:Publish")
    fence_deposed.handler({})
    assert set(world.calls.made[before:]) == {"dynamodb:GetItem"}
    assert published == 2, "one message of each region"


def test_a_silent_region_is_asked_within_the_fences_budget_and_stays_unconfirmed(world: World) -> None:
    oregon_takes_over(world)
    world.prepare("ecs")
    world.calls.fail("ecs:DescribeServices", refusal("ServiceUnavailable", status=503))
    assert fence_deposed.handler({}) == {"deposed": True, "confirmed": False}
    known = world.here().fences.deposed(1)
    assert known is not None
    assert known.sentence.startswith("eu-west-1 does not answer yet (")
    assert world.calls.count("ecs:UpdateService") == 0


@pytest.mark.parametrize("region", [IRELAND, OREGON])
def test_the_twin_nobody_is_fenced_on_the_first_day(world: World, go: Go, region: str) -> None:
    go(region)
    world.prepare("ecs")
    before = len(world.calls.made)
    assert fence_deposed.handler({}) == {"deposed": False}
    assert count_divergence.handler({}) == {"counted": False}
    assert world.calls.made[before:] == ["dynamodb:GetItem"] * 2


def test_the_twin_a_declared_standby_is_not_fenced(world: World) -> None:
    oregon_takes_over(world)
    world.here().system.change_record(first_day(active_region=OREGON, standby_region=IRELAND, epoch=2))
    assert fence_deposed.handler({}) == {"deposed": False}


def test_after_a_failover_by_hand_the_fence_is_kept_as_well(world: World) -> None:
    world.here().system.change_record(OREGON_TOOK_OVER)
    world.prepare("ecs")
    fence_deposed.handler({})
    known = world.here().fences.deposed(1)
    assert known is not None
    assert known.incident == "deposed-epoch-1"


# -- divergent rows ---------------------------------------------------------------------------------------
def confirm(world: World, minutes_ago: float = 0) -> None:
    fences = world.here().fences
    known = fences.deposed(1)
    assert known is not None
    moment = clock.now() - timedelta(minutes=minutes_ago)
    fences.keep(msgspec.structs.replace(known, confirmed_at=moment, by="FenceDeposed"))


def test_fault_30_rows_that_exist_only_in_the_deposed_database_are_counted_and_listed(
    world: World, functions: Functions
) -> None:
    incident = oregon_takes_over(world)
    confirm(world)

    def recent(asked: dict[str, Any]) -> dict[str, Any]:
        return {"keys": ["a", "b", "c"] if asked["table"] == "lyo_appointments" else [], "cut": False}

    functions.answers |= {"list-recent-rows": recent, "find-rows": ["b"]}
    assert count_divergence.handler({}) == {"counted": True, "missing": 2}
    note = world.here().incidents.read_note(incident, "DIVERGENT", "bookings#lyo_appointments")
    assert note is not None
    assert note["ids"] == ["a", "c"]
    assert "2 rows of lyo_appointments exist only in the deposed database" in world.said()
    assert "Every recent row of lyo_users in the deposed database is here as well" in world.said()
    question = next(payload for name, _, payload in functions.asked if name == "list-recent-rows")
    assert question["since"] == (an_incident().outage_start - timedelta(seconds=302)).isoformat()
    assert {region for name, region, _ in functions.asked if name == "list-recent-rows"} == {IRELAND}
    assert {region for name, region, _ in functions.asked if name == "find-rows"} == {OREGON}
    assert count_divergence.handler({}) == {"counted": False}, "once is enough"
    assert world.calls.count("sns:Publish") == 1


def test_rows_are_not_counted_before_the_deposed_database_is_closed(world: World, functions: Functions) -> None:
    oregon_takes_over(world)
    assert count_divergence.handler({}) == {"counted": False}
    assert functions.asked == []


def test_a_count_that_fails_is_tried_again_and_given_to_a_person_in_the_end(world: World, functions: Functions) -> None:
    oregon_takes_over(world)
    functions.answers["list-recent-rows"] = CallRefused("asking it: it failed with DatabaseUnreachable")
    confirm(world)
    with pytest.raises(CallRefused):
        count_divergence.handler({})
    confirm(world, minutes_ago=91)
    assert count_divergence.handler({}) == {"counted": True, "missing": 0}
    assert world.said()[-2].startswith("Divergent rows were not counted: asking it")


# -- a stale writer ---------------------------------------------------------------------------------------
def test_fault_27_an_older_epoch_cannot_take_a_fence_back(world: World) -> None:
    fences = world.here().fences
    fences.expect(5, "newer")
    fences.expect(4, "older")
    assert fences.deposed(4) is None
    assert fences.deposed(5) is not None
    assert fences.say(OwnFence(epoch=5, complete=True, sentence="s"))
    assert not fences.say(OwnFence(epoch=4, complete=False, sentence="late"))
    own = fences.own()
    assert own is not None
    assert own.epoch == 5
