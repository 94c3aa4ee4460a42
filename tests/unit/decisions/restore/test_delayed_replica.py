"""Whether a delayed replica is promoted instead of a restore: in doubt it is not. And whether it was of use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.restore.delayed_replica import (
    choose_way,
    faults_of_promoted,
    held,
    near_enough,
    not_as_planned,
    paused_meanwhile,
    to_inherit,
    used_up,
)
from lyo_dr.model.delayed_replica import Delayed, Replay
from lyo_dr.model.restore import Target
from tests.unit.builders import IRELAND, PRIMARY, at

NAME = "postgres-delayed"
HELD = Replay(at=at(0), in_recovery=True, state="pause requested", replayed_to=at(-3600), delay_seconds=3600.0)
FOUND = Delayed(identifier=NAME, status="available", source=PRIMARY, own_group=True, replay=HELD)
MOMENT = Target(kind="moment", at=at(-300))


def replay(**changes: Any) -> Delayed:
    return msgspec.structs.replace(FOUND, replay=msgspec.structs.replace(HELD, **changes))


def chosen(found: Delayed = FOUND, **changes: Any) -> Any:
    facts: dict[str, Any] = {"damaged": PRIMARY, "target": MOMENT, "named": False, "searched": False, "begun": False}
    return choose_way(found, **{**facts, **changes})


@pytest.mark.parametrize(
    "found",
    [
        FOUND,
        replay(state="paused"),
        replay(replayed_to=MOMENT.at),
        msgspec.structs.replace(FOUND, source=f"arn:aws:rds:{IRELAND}:123456789012:db:{PRIMARY}"),
    ],
    ids=["held while a commit waits", "held", "just before the damage", "named by an ARN"],
)
def test_it_is_promoted_where_the_damage_is_not_in_it_yet(found: Delayed) -> None:
    verdict = chosen(found)
    assert (verdict.status, verdict.at) == ("promote", found.replay.replayed_to)
    assert verdict.sentence.endswith("before the damage: promoting it instead of restoring")


@pytest.mark.parametrize(
    ("found", "changes", "why"),
    [
        (replay(replayed_to=at(-299)), {}, "past the recovery point: its delay is too short"),
        (replay(replayed_to=None), {}, "the replay position of postgres-delayed is unknown"),
        (replay(in_recovery=None, error="TimeoutError"), {}, "does not respond (TimeoutError)"),
        (replay(in_recovery=False, state=""), {}, "is not in recovery"),
        (replay(state="not paused", said="a newer epoch is on record"), {}, "could not be paused (a newer epoch"),
        (msgspec.structs.replace(FOUND, missing=True), {}, "there is no instance postgres-delayed"),
        (msgspec.structs.replace(FOUND, source=None), {}, "is no longer a replica"),
        (msgspec.structs.replace(FOUND, source="another"), {}, f"follows another, not {PRIMARY}"),
        (msgspec.structs.replace(FOUND, source=f"{PRIMARY}-r-1"), {}, f"follows {PRIMARY}-r-1, not {PRIMARY}"),
        (msgspec.structs.replace(FOUND, status="rebooting"), {}, "is rebooting"),
        (FOUND, {"target": Target(kind="snapshot", at=at(-300), snapshot="s")}, "snapshot s was requested"),
        (FOUND, {"target": Target(kind="latest", at=at(-300))}, "the latest restorable time"),
        (FOUND, {"target": Target(kind="moment")}, "the replay position of"),
        (FOUND, {"named": True}, "2026-03-29 11:55:00 UTC was requested"),
        (FOUND, {"searched": True}, "a search for the recovery point comes first"),
        (FOUND, {"begun": True}, "a restore has already started"),
    ],
)
def test_in_doubt_an_ordinary_restore_brings_the_data_back(found: Delayed, changes: Any, why: str) -> None:
    verdict = chosen(found, **changes)
    assert (verdict.status, verdict.at) == ("restore", None)
    assert verdict.sentence.startswith("Delayed replica not used: ")
    assert why in verdict.sentence


def test_holding_it_says_where_it_is_and_what_cannot_be_held_stops_nothing() -> None:
    assert held(FOUND).status == "held"
    assert held(FOUND).sentence == f"{NAME}: replay paused at 2026-03-29 11:00:00 UTC"
    assert held(replay(in_recovery=None)).status == "none"
    assert "not queried" in held(replay(in_recovery=None)).sentence


@pytest.mark.parametrize(("behind", "status"), [(30, "promote"), (900, "promote"), (901, "restore")])
def test_what_it_does_not_hold_is_said_and_more_than_the_rpo_is_too_much(behind: int, status: str) -> None:
    way = near_enough(NAME, at(-300 - behind), at(-300), timedelta(minutes=15))
    assert way.status == status
    assert ("go into the ledger" in way.sentence) is (status == "promote")
    assert ("more than the RPO of 15 min" in way.sentence) is (status == "restore")


@pytest.mark.parametrize(
    ("replayed", "fault"),
    [
        (Replay(in_recovery=False, replayed_to=at(-310)), None),
        (Replay(in_recovery=False, replayed_to=at(-300)), None),
        (Replay(in_recovery=False, replayed_to=at(-299)), "the promotion replayed on to 2026-03-29 11:55:01 UTC, past"),
        (Replay(in_recovery=True, replayed_to=at(-310)), "it was promoted and is still read-only"),
        (Replay(in_recovery=False, replayed_to=None), "its replay position is unknown"),
        (Replay(), "its replay position is unknown"),
        (None, "its replay position is unknown"),
    ],
)
def test_what_was_promoted_is_believed_only_by_its_own_word(replayed: Replay | None, fault: str | None) -> None:
    faults = faults_of_promoted(replayed, at(-300))
    assert len(faults) == (fault is not None)
    assert fault is None or faults[0].startswith(fault)


RAW = {"ReadReplicaSourceDBInstanceIdentifier": PRIMARY, "DBParameterGroups": [{"DBParameterGroupName": NAME}]}


@pytest.mark.parametrize(
    ("found", "delay_ms", "why"),
    [
        (RAW, 3_600_000, None),
        (None, None, f"the plan names instance {NAME}, which does not exist"),
        ({**RAW, "ReadReplicaSourceDBInstanceIdentifier": "x"}, 3_600_000, f"{NAME} follows x, not {PRIMARY}"),
        ({**RAW, "ReadReplicaSourceDBInstanceIdentifier": None}, 3_600_000, f"{NAME} follows no source, not {PRIMARY}"),
        ({**RAW, "DBParameterGroups": [{"DBParameterGroupName": "shared"}]}, None, "not one of its own name"),
        (RAW, None, f"recovery_min_apply_delay of {NAME} is not set, the plan says 3600000 ms"),
        (RAW, 0, f"recovery_min_apply_delay of {NAME} is 0 ms, the plan says 3600000 ms"),
    ],
)
def test_a_delayed_replica_that_would_be_of_no_use_is_said(found: Any, delay_ms: int | None, why: str | None) -> None:
    facts: dict[str, Any] = {"name": NAME, "source": PRIMARY, "delay_ms": delay_ms, "planned": timedelta(hours=1)}
    said = list(not_as_planned(found, **facts))
    assert len(said) == (why is not None)
    assert why is None or why in said[0]


def test_what_was_promoted_gets_what_a_restore_would_have_given_it() -> None:
    damaged = {"DBParameterGroups": [{"DBParameterGroupName": "tuned"}], "DeletionProtection": True}
    assert to_inherit(RAW, damaged) == {"DBParameterGroupName": "tuned", "DeletionProtection": True}
    assert to_inherit(damaged, damaged) == {}
    assert to_inherit({**damaged, "DeletionProtection": False}, damaged) == {"DeletionProtection": True}
    assert to_inherit(RAW, None) == {}, "the damaged instance is gone"


def test_people_hear_that_there_is_no_delayed_replica_any_more_and_that_a_held_one_fills_up() -> None:
    assert used_up(NAME, NAME, PRIMARY) == [
        f"The delayed replica {NAME} has been promoted: create a new one from the instance that serves users"
    ]
    assert used_up(None, NAME, PRIMARY) == [
        f"The delayed replica {NAME} follows {PRIMARY}: delete it and create a new one"
    ]
    assert used_up(None, None, PRIMARY) == []
    assert used_up(None, NAME, NAME) == [], "it was used up before, and has been the database since"
    assert "its WAL accumulates" in paused_meanwhile(NAME)
