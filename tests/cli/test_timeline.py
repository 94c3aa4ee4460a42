"""``lyo-dr timeline``: the sentences of an incident, from the region that opened it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import cli.operations.timeline
from tests.cli.aws import IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type


def _sentences(output: str) -> list[str]:
    return [line.split("Triage", 1)[1].strip() for line in output.splitlines() if "Triage" in line]


def test_an_incident_is_told_oldest_sentence_first(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.given_incident("one", "It began", "It went on", "It ended", ended="SUCCEEDED")
    said = lyo_dr("timeline", "one")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[0] == "one in us-west-2, 2026-03-29 12:00:00 UTC"
    assert said.output.splitlines()[1] == "12:00:00.0  Triage                It began"
    assert _sentences(said.output) == ["It began", "It went on", "It ended"]


def test_without_a_name_it_is_the_newest(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.given_incident("older", "Old", ended="SUCCEEDED")
    aws.given_incident("newer", "New", ended="SUCCEEDED")
    assert _sentences(lyo_dr("timeline").output) == ["New"]


def test_of_two_regions_the_one_that_opened_the_incident_tells_it(lyo_dr: Type, aws: TwoRegions) -> None:
    """One alarm reaches both; the other region records that it is not for it."""
    aws.given_incident("one", "It began", ended="SUCCEEDED")
    aws.given_signal("one", region=IRELAND, ended="SUCCEEDED")
    aws.tell("one", 30, "eu-west-1 is not the standby", IRELAND)
    assert _sentences(lyo_dr("timeline", "one").output) == ["It began"]
    assert _sentences(lyo_dr("timeline", "one", "--region", IRELAND).output) == ["eu-west-1 is not the standby"]


def test_a_silent_region_does_not_hide_the_incident(lyo_dr: Type, aws: TwoRegions, impatient: None) -> None:
    aws.given_incident("one", "It began", ended="SUCCEEDED")
    aws.silent = {IRELAND}
    said = lyo_dr("timeline", "one")
    assert said.exit_code == 0
    assert "eu-west-1 does not answer" in said.output
    assert _sentences(said.output) == ["It began"]


def test_an_unknown_incident_is_exit_code_2(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("timeline", "nothing")
    assert said.exit_code == 2
    assert "there is no incident 'nothing' in eu-west-1 and us-west-2" in said.stderr


def test_before_the_first_incident_it_says_so(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("timeline")
    assert said.exit_code == 2
    assert "there is no incident yet in eu-west-1 and us-west-2" in said.stderr


def test_an_incident_that_has_just_started_has_an_empty_timeline(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.given_signal("one")
    said = lyo_dr("timeline", "one")
    assert said.exit_code == 0
    assert "Its timeline is still empty." in said.output


def _when(monkeypatch: pytest.MonkeyPatch, *happens: Callable[[], None]) -> None:
    """While it is followed, one of these happens between two looks."""
    coming = iter(happens)
    monkeypatch.setattr(cli.operations.timeline, "rest", lambda: next(coming)())


def test_following_shows_what_comes_once_and_ends_with_the_incident(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.given_incident("one", "It began")

    def end() -> None:
        aws.tell("one", 20, "It ended")
        aws.end("one", "SUCCEEDED")

    _when(monkeypatch, lambda: aws.tell("one", 10, "It went on"), end)
    said = lyo_dr("timeline", "one", "--region", OREGON, "--follow")
    assert said.exit_code == 0, said.output
    assert _sentences(said.output) == ["It began", "It went on", "It ended"]
    assert said.output.splitlines()[-1] == "The incident has ended: SUCCEEDED."


def test_following_an_incident_that_fails_is_exit_code_1(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.given_incident("one", "It began")
    _when(monkeypatch, lambda: aws.end("one", "FAILED"))
    said = lyo_dr("timeline", "--follow")
    assert said.exit_code == 1
    assert said.output.splitlines()[-1] == "The incident has ended: FAILED."


def test_following_survives_answers_that_do_not_come(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.given_incident("one", "It began")

    def lose() -> None:
        aws.refusals[OREGON] = "ServiceUnavailable"

    def find() -> None:
        aws.refusals.clear()
        aws.tell("one", 10, "It went on")
        aws.end("one", "SUCCEEDED")

    _when(monkeypatch, lose, lambda: None, find)
    said = lyo_dr("timeline", "one", "--region", OREGON, "--follow")
    assert said.exit_code == 0, said.output
    assert said.output.count("still trying") == 1
    assert _sentences(said.output) == ["It began", "It went on"]
