"""A search, state by state: what it restores is on record first, and nothing of it is left behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.rds_backups import INCIDENT_TAG, PROBE_TAG
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import NewInstance, Target
from lyo_dr.model.search import Bracket, Probe
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.search_restores import Probes
from lyo_dr.steps.keeper import sweep_probes
from lyo_dr.steps.search_recovery_point import close_search, judge_probe, plan_probes, restore_probe
from tests.unit.aws import World
from tests.unit.builders import OREGON, REPLICA, at
from tests.unit.decisions.restore_builders import a_run
from tests.unit.restores import FakeRds, given_rds

SEARCH = Bracket(good=at(-300), bad=at(0), changed=["appointments of nobody: 3 instead of 0"])


@pytest.fixture
def rds(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeRds:
    """The database lives in Oregon, in the instance of the plan."""
    return given_rds(world, monkeypatch, REPLICA)


@pytest.fixture
def incident(world: World) -> Incident:
    found = world.given_incident()
    ctx = world.ctx()
    ctx.store.incidents.record_once(found.id, "DAMAGED", "bookings", instance=REPLICA)
    ctx.store.databases.record_run("bookings", a_run(-300))
    Attempts(ctx, found.id).add(1, Target(kind="moment", at=at(-301)), SEARCH)
    return found


def go(handler: Any, incident: Incident, **more: Any) -> Any:
    """Run one state as the machine would."""
    return handler(msgspec.to_builtins({"incident": incident, "database": "bookings", "search": SEARCH, **more}))


def begun(world: World, seconds: float = 0.0) -> Any:
    return world.ctx().now() - timedelta(seconds=seconds)


def a_round(world: World, rds: FakeRds, incident: Incident, *damaged: int) -> Any:
    """One round: planned, made, and judged; those with these numbers are damaged."""
    planned = go(plan_probes.handler, incident, started_at=begun(world), restore_began=begun(world))
    for raw in planned["probes"]:
        go(restore_probe.handler, incident, started_at=begun(world), probe=raw)
    rds.all_available()
    for raw in planned["probes"]:
        probe = msgspec.convert(raw, Probe)
        Probes(world.ctx(), incident.id, "bookings").judge(probe, ["wrong"] if probe.number in damaged else [])
    return planned


def close(world: World, incident: Incident, since: float = 60.0) -> Any:
    return go(close_search.handler, incident, started_at=begun(world, since))


def test_a_round_is_on_record_before_it_is_made_and_made_once(world: World, rds: FakeRds, incident: Incident) -> None:
    planned = go(plan_probes.handler, incident, started_at=begun(world), restore_began=begun(world))
    assert [probe["number"] for probe in planned["probes"]] == [1, 2, 3]
    assert len(world.ctx().store.incidents.notes(incident.id, "PROBE")) == 3
    assert rds.names == set()
    for _ in range(2):
        answer = go(restore_probe.handler, incident, started_at=begun(world), probe=planned["probes"][0])
    assert answer["status"] == "pending"
    assert len(rds.names) == 1
    rds.all_available()
    answer = go(restore_probe.handler, incident, started_at=begun(world), probe=planned["probes"][0])
    assert (answer["status"], answer["port"]) == ("ready", 5432)


def test_a_round_that_is_planned_again_after_a_crash_is_the_same_round(
    world: World, rds: FakeRds, incident: Incident
) -> None:
    planned = [go(plan_probes.handler, incident, started_at=begun(world), restore_began=begun(world)) for _ in range(2)]
    assert planned[0]["probes"] == planned[1]["probes"]
    assert world.ctx().store.incidents.notes(incident.id, "GONE") == [], "what is made afterwards has to be deleted"


def test_after_a_round_only_the_best_is_kept(world: World, rds: FakeRds, incident: Incident) -> None:
    a_round(world, rds, incident, 3)
    assert len(rds.names) == 3
    go(plan_probes.handler, incident, started_at=begun(world), restore_began=begun(world))
    assert {name[-2:] for name in rds.names} == {"-2"}


def test_what_was_found_is_the_first_attempt_and_its_instance_serves(
    world: World, rds: FakeRds, incident: Incident
) -> None:
    a_round(world, rds, incident, 3)
    assert close(world, incident)["status"] == "ready"
    attempts = Attempts(world.ctx(), incident.id)
    assert attempts.all() == [Target(kind="moment", at=at(-150))]
    (name,) = rds.names
    assert attempts.instance(REPLICA) == name
    assert attempts.restores() == 3
    assert rds.instances[name]["DeletionProtection"] is True
    assert [tag["Key"] for tag in rds.instances[name]["TagList"]] == [INCIDENT_TAG]
    assert world.ctx().store.databases.searching("bookings") is None


def test_where_every_restore_is_damaged_the_last_good_run_stays_the_moment_and_nothing_is_left(
    world: World, rds: FakeRds, incident: Incident
) -> None:
    a_round(world, rds, incident, 1, 2, 3)
    assert close(world, incident)["status"] == "ready"
    attempts = Attempts(world.ctx(), incident.id)
    assert attempts.all() == [Target(kind="moment", at=at(-300))]
    assert attempts.instance(REPLICA).endswith("-1")
    assert "-r-s-" not in attempts.instance(REPLICA)
    assert rds.names == set()


def test_c2_users_do_not_wait_for_what_rds_does_not_delete_now_and_the_keeper_does(
    world: World, rds: FakeRds, incident: Incident
) -> None:
    a_round(world, rds, incident, 2, 3)
    rds.busy = {name for name in rds.names if name.endswith("-3")}
    assert close(world, incident)["status"] == "ready"
    assert any(sentence.startswith("Not deleted yet, left to the keeper: ") for sentence in world.said())
    assert len(sweep_probes.handler({})["left"]["bookings"]) == 1
    rds.busy = set()
    assert sweep_probes.handler({}) == {"left": {"bookings": []}}
    assert {name[-2:] for name in rds.names} == {"-1"}, "the instance that became the database is no probe"
    assert world.ctx().store.databases.searching("bookings") is None


def test_c2_the_twin_the_instance_that_is_kept_is_waited_for(world: World, rds: FakeRds, incident: Incident) -> None:
    a_round(world, rds, incident, 2, 3)
    rds.busy = {name for name in rds.names if name.endswith("-1")}
    assert close(world, incident)["status"] == "pending"
    rds.busy = set()
    assert close(world, incident)["status"] == "ready"


def test_c2_one_that_is_still_being_made_when_the_budget_ends_is_left_to_the_keeper(
    world: World, rds: FakeRds, incident: Incident
) -> None:
    planned = go(plan_probes.handler, incident, started_at=begun(world), restore_began=begun(world))
    go(restore_probe.handler, incident, started_at=begun(world), probe=planned["probes"][0])
    late = go(restore_probe.handler, incident, started_at=begun(world, 4000), probe=planned["probes"][0])
    assert late["status"] == "broken"
    assert close(world, incident)["status"] == "ready"
    assert len(sweep_probes.handler({})["left"]["bookings"]) == 1, "no document says that RDS would delete it now"
    rds.all_available()
    sweep_probes.handler({})
    assert rds.names == set()


def test_closing_deletes_what_the_last_round_left(world: World, rds: FakeRds, incident: Incident) -> None:
    a_round(world, rds, incident, 2, 3)
    close(world, incident)
    assert {name[-2:] for name in rds.names} == {"-1"}


def test_the_next_search_deletes_what_one_that_was_cut_off_has_left(
    world: World, rds: FakeRds, incident: Incident
) -> None:
    ctx = world.ctx()
    former = Probes(ctx, "former", "bookings")
    former.begin(Probe(number=1, at=at(-200)))
    rds.given(former.name(Probe(number=1, at=at(-200))), tags=tags("former"))
    ctx.store.databases.search("bookings", "former", at(0))
    go(plan_probes.handler, incident, started_at=begun(world), restore_began=begun(world))
    assert rds.names == set()


def tags(incident: str, *, probe: bool = True) -> list[dict[str, str]]:
    return [{"Key": INCIDENT_TAG, "Value": incident}, *([{"Key": PROBE_TAG, "Value": "true"}] if probe else [])]


@pytest.mark.parametrize(
    ("marks", "kept", "left"),
    [
        (tags("former"), False, 0),
        (tags("another"), False, 1),
        (tags("former", probe=False), False, 1),
        (tags("former"), True, 1),
    ],
    ids=["its own", "of another incident", "no probe any more: the database may live in it", "the one it keeps"],
)
def test_a_keeper_deletes_only_what_is_marked_as_to_be_thrown_away_by_that_search(
    world: World, rds: FakeRds, marks: list[dict[str, str]], kept: bool, left: int
) -> None:
    ctx, probe = world.ctx(), Probe(number=1, at=at(-200))
    probes = Probes(ctx, "former", "bookings")
    probes.begin(probe)
    rds.given(probes.name(probe), tags=marks)
    ends = ctx.now() - timedelta(hours=2)
    ctx.store.databases.search("bookings", "former", ends, kept=probes.name(probe) if kept else None)
    assert sweep_probes.handler({}) == {"left": {"bookings": []}}
    assert len(rds.names) == left
    assert ctx.store.databases.searching("bookings") is None


@pytest.mark.parametrize("why", ["goes on", "paused"])
def test_a_keeper_leaves_alone_a_search_that_goes_on_or_while_the_automation_is_paused(
    world: World, rds: FakeRds, why: str
) -> None:
    ctx, probe = world.ctx(), Probe(number=1, at=at(-200))
    probes = Probes(ctx, "former", "bookings")
    probes.begin(probe)
    rds.given(probes.name(probe), tags=tags("former"))
    ctx.store.databases.search("bookings", "former", ctx.now() - timedelta(hours=2 if why == "paused" else 0))
    if why == "paused":
        world.pause()
    sweep_probes.handler({})
    assert len(rds.names) == 1


SLOW = {
    "it does not respond": {"database": "bookings", "error": "DatabaseUnreachable"},
    "cancelled by statement_timeout": {
        "database": "bookings",
        "at": "2026-03-29T12:00:00Z",
        "readings": [{"name": "users", "error": "SQLSTATE 57014"}],
    },
    "no time was left to ask": {"database": "bookings", "at": "2026-03-29T12:00:00Z"},
}


def judged(world: World, incident: Incident, answers: Any, spent: float = 0.0) -> tuple[str, str]:
    """What becomes of the first probe: the verdict's status, and the result on record."""
    planned = go(plan_probes.handler, incident, started_at=begun(world), restore_began=begun(world))
    go(restore_probe.handler, incident, started_at=begun(world), probe=planned["probes"][0])
    beside = NewInstance(
        status="ready", sentence="", identifier="x", host="x", port=1, available_at=begun(world, spent)
    )
    more = {"probe": planned["probes"][0], "beside": beside, "answers": answers}
    verdict = go(judge_probe.handler, incident, started_at=begun(world, spent), **more)
    looks = {look.probe.number: look.result for look in Probes(world.ctx(), incident.id, "bookings").looks()}
    return verdict["status"], looks[planned["probes"][0]["number"]]


@pytest.mark.parametrize("answers", SLOW.values(), ids=SLOW.keys())
def test_a2_a_probe_that_is_slow_is_asked_again_and_is_never_damaged(
    world: World, rds: FakeRds, incident: Incident, answers: Any
) -> None:
    assert judged(world, incident, answers) == ("pending", "pending")
    assert judged(world, incident, answers, spent=4 * 3600) == ("ready", "lost")


def test_a2_the_twin_a_wrong_answer_of_a_probe_is_damage_though_others_are_silent(
    world: World, rds: FakeRds, incident: Incident
) -> None:
    answers = {"database": "bookings", "at": "2026-03-29T12:00:00Z"}
    wrong = {"readings": [{"name": "appointments of nobody", "value": 3}]}
    assert judged(world, incident, {**answers, **wrong}) == ("ready", "damaged")


def test_nothing_is_restored_or_deleted_without_the_lease(world: World, rds: FakeRds, incident: Incident) -> None:
    system = world.ctx(region=OREGON).store.control
    system.release_lease(incident.id, incident.epoch, world.ctx().now())
    for handler in (plan_probes.handler, close_search.handler):
        with pytest.raises(Exception, match="did nothing"):
            go(handler, incident, started_at=begun(world), restore_began=begun(world))
