"""``lyo-dr start --database``: the same signal as the runbook's, in the active region, or one clear sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.errors import AccessDenied
from lyo_dr.model.incident import Signal, SystemRecord
from lyo_dr.model.restore import Snapshot, Window
from lyo_dr.steps.incident_response.open_incident import Request
from tests.cli.aws import ADA, IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type
from tests.plans import raw_plan

NOW = datetime.now(UTC).replace(microsecond=0)
LATEST, EARLIEST = NOW - timedelta(minutes=5), NOW - timedelta(days=7)


@pytest.fixture(autouse=True)
def _backups(monkeypatch: pytest.MonkeyPatch) -> None:
    nightly = Snapshot(identifier="nightly", status="available", at=NOW - timedelta(hours=10))
    monkeypatch.setattr(Backups, "window", lambda *_: Window(earliest=EARLIEST, latest=LATEST))
    monkeypatch.setattr(Backups, "snapshots", lambda *_: [nightly])


def signal_in(aws: TwoRegions, region: str = IRELAND) -> Signal:
    [(name, given)] = aws.executions(region).items()
    assert re.fullmatch(r"operator-bookings-\d{8}T\d{6}", name)
    signal: Signal = msgspec.convert({**given, "execution": name}, Request).signal
    return signal


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ([], {}),
        (["--latest"], {"latest": True}),
        (["--snapshot", "nightly"], {"snapshot": "nightly"}),
        (["--restore-to", f"{LATEST:%Y-%m-%dT%H:%M:%SZ}"], {"restore_to": LATEST}),
        (["--restore-to", f"{LATEST + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00"], {"restore_to": LATEST}),
    ],
)
def test_it_starts_in_the_active_region_with_a_signal_its_first_step_accepts(
    lyo_dr: Type, aws: TwoRegions, typed: list[str], wish: dict[str, Any]
) -> None:
    said = lyo_dr("start", "--database", "bookings", *typed, "--by", "ada", "--yes")
    assert said.exit_code == 0, said.output
    assert aws.executions(OREGON) == {}
    signal = signal_in(aws)
    assert (signal.kind, signal.source, signal.region, signal.by) == ("database", "operator", IRELAND, ADA)
    assert signal.database == "bookings"
    assert {name: getattr(signal, name) for name in wish} == wish


def test_after_a_failover_the_other_region_is_the_active_one(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.system(OREGON).change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=3))
    assert lyo_dr("start", "--database", "bookings", "--yes").exit_code == 0
    assert signal_in(aws, OREGON).region == OREGON


def test_it_shows_what_will_happen_what_is_lost_and_asks(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("start", "--database", "bookings", "--snapshot", "nightly", "--by", "ada", answer="n\n")
    assert said.exit_code == 1
    assert f"An incident for database bookings, started by {ADA}, handled in eu-west-1:" in said.output
    assert "It restores to snapshot nightly" in said.output
    assert re.search(r"Work of the last 10 h( \d+ min)? is not in it", said.output)
    assert "It stops assistant meanwhile." in said.output
    assert "Restore database bookings? [y/N]" in said.output
    assert aws.executions() == {}


@pytest.mark.parametrize(
    ("stop", "sentence"),
    [
        ("zero", "It stops assistant meanwhile."),
        ("read_only", "Meanwhile assistant can read, and cannot write."),
        ("nothing", "assistant: not stopped meanwhile."),
    ],
)
def test_it_says_what_becomes_of_the_services_meanwhile(
    lyo_dr: Type, aws: TwoRegions, tmp_path: Path, stop: str, sentence: str
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump(raw_plan(databases__0__restore__stop=stop)))
    said = lyo_dr("start", "--database", "bookings", answer="n\n", plan=path)
    assert sentence in " ".join(said.output.split())


REFUSED: dict[str, tuple[list[str], str]] = {
    "no moment": (
        ["--restore-to", "yesterday"],
        "not a date and time: 'yesterday'; write one with its zone, such as 20",
    ),
    "without a zone": (
        ["--restore-to", "2026-03-29T11:58:58"],
        "2026-03-29T11:58:58 has no time zone; if you mean UTC, write 2026-03-29T11:58:58Z",
    ),
    "in the future": (
        ["--restore-to", f"{NOW + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"],
        f"is in the future; the nearest recovery point is {LATEST.isoformat()}",
    ),
    "not in the backups yet": (
        ["--restore-to", f"{NOW - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"],
        f"is not in the backups yet; the nearest recovery point is {LATEST.isoformat()}",
    ),
    "before the first backup": (
        ["--restore-to", f"{NOW - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"],
        f"is before the first backup; the nearest recovery point is {EARLIEST.isoformat()}",
    ),
    "an unknown snapshot": (
        ["--snapshot", "lyo-production-snapshot-latest"],
        "Snapshot lyo-production-snapshot-latest is not available; the newest available one is nightly",
    ),
    "two at once": (["--latest", "--snapshot", "nightly"], "--latest and --snapshot cannot be combined"),
}


@pytest.mark.parametrize(("typed", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_fault_43_an_impossible_moment_is_refused_in_one_sentence_with_the_nearest(
    lyo_dr: Type, aws: TwoRegions, typed: list[str], sentence: str
) -> None:
    said = lyo_dr("start", "--database", "bookings", *typed, "--yes")
    assert said.exit_code == 2
    assert sentence in said.stderr.replace("\n", " ")
    assert said.stderr.count("lyo-dr:") == 1
    assert aws.executions(IRELAND) == {}


def test_an_unknown_database_is_refused_with_those_of_the_plan(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("start", "--database", "ledger", "--yes")
    assert said.exit_code == 2
    assert "'ledger' is not a database in this plan; choose bookings" in said.stderr


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ([], "say what is wrong"),
        (["--latest"], "--latest needs --database"),
        (["--region", IRELAND, "--latest"], "--latest needs --database"),
        (
            ["--region", IRELAND, "--database", "bookings", "--snapshot", "nightly"],
            "--lost and --snapshot cannot be combined",
        ),
    ],
)
def test_what_says_nothing_or_too_much_is_refused(
    lyo_dr: Type, aws: TwoRegions, typed: list[str], sentence: str
) -> None:
    said = lyo_dr("start", *typed, "--yes")
    assert said.exit_code == 2
    assert sentence in said.stderr


def test_who_may_not_look_into_rds_may_start_and_the_incident_looks_for_itself(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Window:
        raise AccessDenied("no")

    monkeypatch.setattr(Backups, "window", refuse)
    far = f"{NOW - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    assert lyo_dr("start", "--database", "bookings", "--restore-to", far, "--yes").exit_code == 0


def test_a_region_that_is_silent_says_so(lyo_dr: Type, aws: TwoRegions, impatient: None) -> None:
    aws.silent = {IRELAND, OREGON}
    said = lyo_dr("start", "--database", "bookings", "--yes")
    assert said.exit_code == 2
    assert "nothing was started: eu-west-1 and us-west-2: the region does not answer" in said.stderr
