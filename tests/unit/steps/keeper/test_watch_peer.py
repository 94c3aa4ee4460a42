"""The watcher: what it asks, what it keeps, what it publishes, and what it does when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.context import StepContext
from lyo_dr.errors import AwsCallFailed, ServiceUnreachable
from lyo_dr.model.facts import Probes
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.services.common import probing
from lyo_dr.steps.gather_facts import record_look
from lyo_dr.steps.keeper import watch_peer
from tests.plans import lyo_plan, raw_plan_of_two
from tests.unit.aws import World
from tests.unit.builders import IRELAND, NOON, OREGON, a_look, a_probe, at, given_replica, observers, serving

Published = list[tuple[str, bool]]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    told: Published = []

    def publish(_region: str, peer: str, *, unhealthy: bool) -> None:
        told.append((peer, unhealthy))

    monkeypatch.setattr(watch_peer, "publish_observation", publish)
    return told


Given = Callable[..., None]


@pytest.fixture
def given_look(monkeypatch: pytest.MonkeyPatch) -> Given:
    """What the probes and the function that reads the replica answer."""

    def given(replica: Any = None, **changes: Any) -> None:
        def look(region: str, ctx: StepContext) -> Probes:
            assert region == ctx.peer_region
            return msgspec.structs.replace(observers(**changes).probes, at=ctx.now())

        def ask(function: str, payload: dict[str, Any], region: str, **_limits: Any) -> Any:
            assert (function, payload, region) == (
                "lyo-dr-gather-facts-read-replica",
                {"database": "bookings"},
                OREGON,
            )
            if isinstance(replica, Exception):
                raise replica
            return msgspec.to_builtins(replica or given_replica())

        monkeypatch.setattr(watch_peer, "probe_region", look)
        monkeypatch.setattr(watch_peer, "invoke", ask)

    return given


@pytest.fixture
def world(build: Callable[[Plan], World]) -> World:
    """The first day, with a watcher whose round is one look."""
    return build(lyo_plan(timing__watch_every="PT1S", timing__watch_round="PT0.001S"))


def test_a_lost_region_is_kept_as_a_silent_look_and_published_as_unhealthy(
    world: World, published: Published, given_look: Given
) -> None:
    given_look()
    assert watch_peer.handler({}) == {"looks": 1}
    assert published == [(IRELAND, True)]
    (sample,) = world.ctx().store.samples.last()
    assert (sample.app, sample.witness, sample.own, sample.neutral) == (False, False, True, True)
    assert sample.heard_at == at(-60)
    assert sample.silent_by is not None


QUIET: dict[str, dict[str, Any]] = {
    "the app serves": {"apps": [serving()], "witness": a_probe(200)},
    "fault 5: the app errs": {"apps": [a_probe(500)]},
    "fault 5: the load balancer is dead and a replica hears the database": {"replica": given_replica(silent_for=1)},
    "fault 6: a zone fails, and the region's endpoint answers": {"witness": a_probe(200)},
    "fault 4: our own view is cut": {"neutral": a_probe()},
    "fault 36: the recovery region ails": {"own": a_probe()},
}


@pytest.mark.parametrize("seen", QUIET.values(), ids=QUIET.keys())
def test_what_is_no_lost_region_is_published_as_healthy(
    world: World, published: Published, given_look: Given, seen: dict[str, Any]
) -> None:
    given_look(**seen)
    watch_peer.handler({})
    assert published == [(IRELAND, False)]
    assert len(world.ctx().store.samples.last()) == 1


def test_a_region_that_is_no_standby_looks_and_raises_no_alarm(
    world: World, published: Published, given_look: Given
) -> None:
    given_look()
    record = SystemRecord(active_region=OREGON, standby_region=None, epoch=1)
    world.ctx().store.control.change_record(record)
    watch_peer.handler({})
    assert published == [(IRELAND, False)]


@pytest.mark.parametrize("failure", [AwsCallFailed("x"), ServiceUnreachable("y")])
def test_fault_11_a_reading_function_that_sleeps_is_unknown_and_stops_no_look(
    world: World, published: Published, given_look: Given, failure: Exception
) -> None:
    given_look(replica=failure)
    assert watch_peer.handler({}) == {"looks": 1}
    assert world.ctx().store.samples.last()[0].heard_at is None
    assert published == [(IRELAND, True)]


def test_a_look_that_cannot_be_kept_is_not_published_so_that_the_alarm_on_silence_rings(
    world: World, published: Published, given_look: Given
) -> None:
    given_look()
    world.calls.fail("dynamodb:PutItem", ServiceUnreachable("the table is silent"))
    assert watch_peer.handler({}) == {"looks": 0}
    assert published == []


def test_waking_the_watcher_looks_at_nothing(world: World, published: Published) -> None:
    assert watch_peer.handler({"warm": True}) == {"warm": True}
    assert published == []


def test_an_incidents_own_look_counts_as_a_sample_where_the_watcher_is_dead(world: World) -> None:
    now = world.ctx().now()
    for ago in (60, 40, 20):
        seen = observers()
        probes = msgspec.structs.replace(seen.probes, at=now - timedelta(seconds=ago))
        event = msgspec.to_builtins({"probes": probes, "replicas": seen.replicas})
        samples = record_look.handler(event)
    assert [round((now - msgspec.convert(s["at"], type(now))).total_seconds()) for s in samples] == [60, 40, 20]
    assert len({sample["silent_by"] for sample in samples}) == 1


def test_the_ring_holds_sixty_looks_and_no_more(world: World) -> None:
    ctx = world.ctx()
    for number in range(70):
        ctx.store.samples.add(a_look(-1.0 * number, seconds=0.0), timedelta(seconds=30))
    kept = ctx.store.samples.last()
    assert [sample.at for sample in kept] == [at(number) for number in range(10, 70)]
    assert kept[-1].silent_by == NOON


@pytest.mark.parametrize("turned", [False, True], ids=["answer first", "silence first"])
def test_fault_03_of_two_looks_at_the_same_moment_the_answer_is_kept(world: World, turned: bool) -> None:
    """The watcher and an incident look side by side; a silent look must not wipe out what the other heard."""
    samples = world.ctx().store.samples
    looks = [a_look(-0.1, witness=True, seconds=0.0), a_look(-0.2, seconds=0.0)]
    for look in looks[::-1] if turned else looks:
        samples.add(look, timedelta(seconds=30))
    (kept,) = samples.last()
    assert kept.witness is True


def test_its_twin_an_answer_of_a_round_ago_gives_way_to_silence(world: World) -> None:
    samples = world.ctx().store.samples
    for look in (a_look(0.0, witness=True, seconds=0.0), a_look(-60.0, seconds=0.0)):
        samples.add(look, timedelta(seconds=30))
    (kept,) = samples.last()
    assert kept.witness is False


def test_an_answer_of_the_reading_function_that_makes_no_sense_is_unknown(
    world: World, published: Published, given_look: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_look()
    monkeypatch.setattr(watch_peer, "invoke", lambda *_asked, **_limits: None)
    assert watch_peer.handler({}) == {"looks": 1}
    assert published == [(IRELAND, True)]


def test_all_is_asked_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def probe(url: str, _seconds: float) -> Any:
        asked.append(url)
        return a_probe(200)

    monkeypatch.setattr(probing, "probe", probe)
    found = probing.probe_region(IRELAND, world.ctx())
    assert sorted(asked) == [
        "https://dynamodb.eu-central-1.amazonaws.com/ping",
        "https://dynamodb.eu-west-1.amazonaws.com/ping",
        "https://dynamodb.us-west-2.amazonaws.com/ping",
        "https://eu-west-1.api.lyo-booking.com/health/ready",
    ]
    assert found.at is not None


def test_an_app_that_is_not_critical_is_asked_and_nobody_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = raw_plan_of_two()
    raw["services"][1] |= {"critical": False, "ready_path": "/worker"}
    ctx = StepContext(read_plan(raw), OREGON, "ProbeRegions")
    monkeypatch.setattr(probing, "probe", lambda url, _seconds: a_probe(0 if url.endswith("/worker") else 200))
    found = probing.probe_region(IRELAND, ctx)
    assert ([app.answered for app in found.apps], [app.answered for app in found.others]) == ([True], [False])


def test_each_database_has_the_apps_that_report_it(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = raw_plan_of_two()
    raw["services"][1] |= {"database": "archive", "ready_path": "/worker"}
    ctx = StepContext(read_plan(raw), OREGON, "WatchDatabases")
    monkeypatch.setattr(probing, "probe", lambda url, _seconds: a_probe(200, url=url))
    assert [app.url for app in probing.probe_apps(IRELAND, ctx, "archive")] == [
        "https://eu-west-1.api.lyo-booking.com/worker"
    ]
