"""``lyo-dr status``: both regions, each within its time."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import msgspec

from lyo_dr.model.fence import Deposed
from lyo_dr.model.incident import SystemRecord
from lyo_dr.store.fences import Fences
from tests.cli.aws import IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type


def _of(output: str, region: str) -> list[str]:
    """The lines about one region."""
    lines = output.splitlines()
    begin = lines.index(region) + 1
    length = next((n for n, line in enumerate(lines[begin:]) if not line.startswith("  ")), len(lines) - begin)
    return [" ".join(line.split()) for line in lines[begin : begin + length]]


def test_the_first_day_in_both_regions(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("status")
    assert said.exit_code == 0, said.output
    for region in (IRELAND, OREGON):
        assert _of(said.output, region) == [
            "record eu-west-1 is active, us-west-2 is the standby, epoch 0",
            "lease never taken",
            "automation on",
            "newest no incident yet",
            "running nothing",
        ]


def test_a_silent_region_is_said_and_the_other_is_shown_within_a_bound(
    lyo_dr: Type, aws: TwoRegions, impatient: None
) -> None:
    aws.silent = {IRELAND}
    began = time.monotonic()
    said = lyo_dr("status")
    assert time.monotonic() - began < 20
    assert said.exit_code == 3
    [sentence] = _of(said.output, IRELAND)
    assert sentence.startswith("eu-west-1 does not answer at http://127.0.0.1:")
    assert "lease never taken" in _of(said.output, OREGON)
    assert "only an incident has enough evidence to tell" in said.output


def test_no_region_at_all_is_exit_code_2(lyo_dr: Type, aws: TwoRegions, impatient: None) -> None:
    aws.silent = {IRELAND, OREGON}
    said = lyo_dr("status")
    assert said.exit_code == 2
    assert "us-west-2 does not answer" in said.output


def test_one_region_alone_may_be_asked(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("status", "--region", OREGON)
    assert said.exit_code == 0
    assert IRELAND not in said.output.splitlines()
    assert not [call for call in aws.asked if IRELAND in call]


def test_a_region_the_plan_does_not_know_is_refused(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("status", "--region", "eu-west-3")
    assert said.exit_code == 2
    assert "'eu-west-3' is not a region of this plan" in said.stderr


def test_after_a_failover_the_higher_epoch_counts(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.system().change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=4))
    said = lyo_dr("status")
    assert "record us-west-2 is active without a standby (unprotected), epoch 4" in _of(said.output, OREGON)
    assert "record eu-west-1 is active, us-west-2 is the standby, epoch 0" in _of(said.output, IRELAND)
    assert "the higher epoch counts: us-west-2 is active (epoch 4, recorded in us-west-2)." in said.output


def test_the_fence_of_a_deposed_region_is_shown_until_and_after_it_is_confirmed(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.system().change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=4))
    assert "fence not checked yet; the keeper does within a minute" in _of(lyo_dr("status").output, OREGON)
    fences = Fences(aws.table())
    waiting = Deposed(epoch=4, incident="i", sentence="eu-west-1 does not respond yet (no answer)")
    fences.keep(waiting)
    said = lyo_dr("status").output
    assert "fence not yet confirmed: eu-west-1 does not respond yet (no answer)" in _of(said, OREGON)
    assert not [line for line in _of(said, IRELAND) if line.startswith("fence")]
    moment = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    fences.keep(msgspec.structs.replace(waiting, confirmed_at=moment, by="FenceDeposed", counted_at=moment))
    (line,) = [line for line in _of(lyo_dr("status").output, OREGON) if line.startswith("fence")]
    assert line.startswith("fence confirmed ")
    assert line.endswith("divergent rows are counted")


def test_a_pause_and_a_lease_are_shown(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.table().put({"pk": "SYSTEM", "sk": "PAUSE", "paused": True, "by": "bob", "why": "maintenance"})
    assert aws.system().take_lease("incident-x", datetime.now(UTC), timedelta(minutes=15))
    lines = _of(lyo_dr("status").output, OREGON)
    assert "automation paused by bob: maintenance" in lines
    (lease,) = [line for line in lines if line.startswith("lease")]
    assert re.fullmatch(r"lease held by incident-x \(epoch 1\), ends in (15 min|14 min \d+ s) unless renewed", lease)


def test_a_lease_that_is_kept_says_that_a_person_has_to_look(lyo_dr: Type, aws: TwoRegions) -> None:
    now = datetime.now(UTC)
    lease = aws.system().take_lease("incident-x", now, timedelta(minutes=15))
    assert lease is not None
    assert aws.system().keep_lease(lease, now + timedelta(days=365))
    lines = _of(lyo_dr("status").output, OREGON)
    ways = "`lyo-dr resume incident-x` takes it up again, `lyo-dr release incident-x` ends the lease"
    assert f"lease kept on purpose by incident-x (epoch 1): nothing starts until you decide; {ways}" in lines


def test_a_lease_that_was_given_back_is_free(lyo_dr: Type, aws: TwoRegions) -> None:
    now = datetime.now(UTC)
    assert aws.system().take_lease("incident-x", now, timedelta(minutes=15))
    assert aws.system().release_lease("incident-x", 1, now)
    assert "lease free; last held by incident-x (epoch 1)" in _of(lyo_dr("status").output, OREGON)


def test_an_incident_that_runs_is_the_newest_and_among_what_runs(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.given_incident("operator-eu-west-1-x")
    lines = _of(lyo_dr("status").output, OREGON)
    assert "running incident_response operator-eu-west-1-x" in lines
    newest = next(line for line in lines if line.startswith("newest"))
    assert "operator-eu-west-1-x: running; loss of eu-west-1; began " in newest


def test_a_signal_that_opened_nothing_does_not_hide_the_newest_incident(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.given_incident("operator-eu-west-1-x", ended="FAILED")
    aws.given_signal("a-copy", ended="SUCCEEDED")
    newest = next(line for line in _of(lyo_dr("status").output, OREGON) if line.startswith("newest"))
    assert "operator-eu-west-1-x: FAILED" in newest


def test_a_region_without_lyo_dr_is_said(lyo_dr: Type, nothing_deployed: TwoRegions) -> None:
    nothing_deployed.deploy(OREGON)
    said = lyo_dr("status")
    assert said.exit_code == 3
    [sentence] = _of(said.output, IRELAND)
    assert sentence.startswith("Lyo DR is not deployed in eu-west-1 of this account under this plan")


def test_an_item_that_was_damaged_by_hand_is_said_and_the_other_region_is_shown(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.table(IRELAND).put({"pk": "SYSTEM", "sk": "RECORD", "active_region": OREGON})
    said = lyo_dr("status")
    assert said.exit_code == 3
    assert _of(said.output, IRELAND) == ["an item in the table of eu-west-1 is malformed: KeyError('epoch')"]
    assert "lease never taken" in _of(said.output, OREGON)


def test_a_region_that_dribbles_is_given_up_after_the_time_allowed() -> None:
    """Every call may keep within its own limit and the whole still take too long."""
    import threading

    from cli.region_view import ask
    from tests.plans import lyo_plan

    over = threading.Event()
    began = time.monotonic()
    [answer] = ask(lyo_plan(), [OREGON], lambda _view: over.wait(30), seconds=0.2)
    over.set()
    assert time.monotonic() - began < 20
    assert answer.failure == "us-west-2 does not answer within 0.2 s"
