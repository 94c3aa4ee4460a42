"""``lyo-dr questions``, ``approve``, ``decline`` and the controls. Signing of requests is tested in a whole world."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typer

from cli import operator_api, output
from lyo_dr.model.consent import Blocked, Question
from lyo_dr.store.controls import AutomationControls
from lyo_dr.store.questions import Questions
from tests.cli.aws import IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type

NAME = "operator-eu-west-1-x"
Orders = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> Orders:
    """What was ordered where; the operator API accepts everything."""
    found: Orders = []

    def take(_plan: Any, region: str, **fields: str) -> operator_api.Reply:
        found.append((region, fields))
        return operator_api.Reply(200, "ada did it")

    monkeypatch.setattr("cli.operations.consent.send_command", take)
    monkeypatch.setattr("cli.operations.controls.send_command", take)
    return found


def asked(aws: TwoRegions, **changes: Any) -> Question:
    """An incident in Oregon that asks about 23 minutes of work."""
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "incident": NAME,
        "epoch": 1,
        "facts": "1f0c9a77be21",
        "finding": "region_lost",
        "loss_ms": 1_380_000,
        "over_rpo": True,
        "blockers": ["up to 23 min of work would be lost, more than the RPO of 15 min"],
        "evidence": ["app silent (TimeoutError)"],
        "irrevocable": ["bookings in us-west-2 is promoted"],
        "asked_at": now,
        "expires_at": now + timedelta(minutes=30),
    }
    question = Question(**{**fields, **changes})
    aws.given_incident(NAME)
    assert aws.system().take_lease(NAME, now, timedelta(minutes=15))
    Questions(aws.table()).pose(question, "token")
    return question


def test_questions_shows_all_it_takes_to_answer(lyo_dr: Type, aws: TwoRegions) -> None:
    asked(aws)
    said = lyo_dr("questions")
    assert said.exit_code == 0
    for sentence in (
        "At stake: 23 min of work.",
        "- up to 23 min of work would be lost, more than the RPO of 15 min",
        "- app silent (TimeoutError)",
        "- bookings in us-west-2 is promoted",
        f"lyo-dr approve {NAME} --facts 1f0c9a77be21 --accept-data-loss PT1380S",
    ):
        assert sentence in said.output
    assert "token" not in said.output


def test_without_an_open_question_it_says_so(lyo_dr: Type, aws: TwoRegions) -> None:
    assert "No open questions." in lyo_dr("questions").output
    asked(aws, standing="approved", by="ada")
    assert "No open questions." in lyo_dr("questions").output


def test_status_says_that_a_person_is_asked(lyo_dr: Type, aws: TwoRegions) -> None:
    asked(aws)
    assert "23 min of work at stake" in lyo_dr("status").output


def test_an_approval_is_typed_with_its_loss_and_sent_where_the_question_is(
    lyo_dr: Type, aws: TwoRegions, orders: Orders
) -> None:
    asked(aws)
    said = lyo_dr("approve", NAME, answer="PT23M\ny\n")
    assert said.exit_code == 0, said.output
    assert "Irreversible" in said.output
    assert "Ada did it." in said.output
    order = {"action": "approve", "incident": NAME, "facts": "1f0c9a77be21", "accept_data_loss": "PT23M"}
    assert orders == [(OREGON, order)]


def test_who_says_no_at_the_prompt_has_answered_nothing(lyo_dr: Type, aws: TwoRegions, orders: Orders) -> None:
    asked(aws)
    said = lyo_dr("approve", NAME, answer="PT23M\nn\n")
    assert (said.exit_code, orders) == (1, [])
    assert "the question stays open" in said.output


def test_without_a_question_at_the_keyboard_the_facts_have_to_be_named(
    lyo_dr: Type, aws: TwoRegions, orders: Orders
) -> None:
    asked(aws)
    assert lyo_dr("approve", NAME, "--yes").exit_code == 2
    changed = lyo_dr("approve", NAME, "--yes", "--facts", "0123456789ab")
    assert changed.exit_code == 2
    assert "--facts is 0123456789ab, but the question is about 1f0c9a77be21" in changed.stderr
    assert orders == []
    good = lyo_dr("approve", NAME, "--yes", "--facts", "1f0c9a77be21", "--accept-data-loss", "PT23M")
    assert (good.exit_code, len(orders)) == (0, 1)


def test_a_decline_carries_its_reason(lyo_dr: Type, aws: TwoRegions, orders: Orders) -> None:
    asked(aws)
    assert lyo_dr("decline", NAME, "--why", "ten more minutes").exit_code == 0
    assert orders[0][1]["why"] == "ten more minutes"


def test_an_incident_that_asks_nothing_is_a_sentence(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("approve", "nothing")
    assert said.exit_code == 2
    assert "nothing has no open question; `lyo-dr questions` shows those there are" in said.stderr


def test_a_refusal_of_the_operator_api_is_exit_code_1(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(aws)
    monkeypatch.setattr(
        "cli.operations.consent.send_command",
        lambda *_, **__: operator_api.Reply(409, "the question was answered before"),
    )
    said = lyo_dr("decline", NAME, "--why", "no")
    assert said.exit_code == 1
    assert "The question was answered before." in said.output


def test_where_the_operator_api_is_not_deployed_it_is_a_sentence(lyo_dr: Type, aws: TwoRegions) -> None:
    asked(aws)
    said = lyo_dr("decline", NAME, "--why", "no")
    assert said.exit_code == 2
    assert "nothing was changed in us-west-2: Lyo DR is not deployed in us-west-2" in said.stderr


def test_a_pause_reaches_the_region_that_lives_although_the_other_is_lost(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_is_lost(_plan: Any, region: str, **_: str) -> operator_api.Reply:
        if region == IRELAND:
            raise operator_api.OperatorApiUnreachable("nothing was changed in eu-west-1: it does not answer")
        return operator_api.Reply(200, "ada paused the automation")

    monkeypatch.setattr("cli.operations.controls.send_command", one_is_lost)
    said = lyo_dr("pause", "--why", "by hand")
    assert said.exit_code == 3
    assert "nothing was changed in eu-west-1" in said.output
    assert "Ada paused the automation." in said.output


def test_the_controls_go_through_the_operator_api_of_each_region(lyo_dr: Type, aws: TwoRegions, orders: Orders) -> None:
    assert lyo_dr("pause", "--why", "by hand").exit_code == 0
    assert lyo_dr("resume", "--region", OREGON).exit_code == 0
    assert lyo_dr("acknowledge", "--region", OREGON).exit_code == 0
    assert orders == [
        (IRELAND, {"action": "pause", "why": "by hand"}),
        (OREGON, {"action": "pause", "why": "by hand"}),
        (OREGON, {"action": "resume"}),
        (OREGON, {"action": "acknowledge"}),
    ]


def test_release_goes_to_the_region_whose_table_holds_the_lease(lyo_dr: Type, aws: TwoRegions, orders: Orders) -> None:
    assert aws.system().take_lease(NAME, datetime.now(UTC), timedelta(days=365))
    assert lyo_dr("release", NAME, "--why", "finished by hand").exit_code == 0
    assert orders == [(OREGON, {"action": "release", "incident": NAME, "why": "finished by hand"})]


def test_release_of_a_lease_nobody_holds_says_who_held_it_last(lyo_dr: Type, aws: TwoRegions, orders: Orders) -> None:
    assert aws.system().take_lease(NAME, datetime.now(UTC), timedelta(days=365))
    said = lyo_dr("release", "another", "--why", "x")
    assert said.exit_code == 2
    assert f"another holds no lease; last held by: {NAME}" in said.stderr
    assert orders == []


def test_blocked_lists_what_started_nothing_and_why(lyo_dr: Type, aws: TwoRegions) -> None:
    controls, at = AutomationControls(aws.table()), datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    controls.recovered("the-first", at)
    controls.block(Blocked(at=at, incident="flap-1", region=IRELAND, why="Blocked: too soon"))
    said = lyo_dr("blocked")
    assert said.exit_code == 0
    assert "the-first ended in a recovery at 2026-03-29 12:00:00 UTC; not acknowledged yet." in said.output
    assert "2026-03-29 12:00:00 UTC  flap-1: Blocked: too soon" in said.output
    controls.acknowledge("the-first", "ada", at)
    assert "the-first was acknowledged by ada" in lyo_dr("blocked").output


# -- a region that says nothing ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["questions"], "whether a question is open is not known"),
        (["approve", NAME], f"whether {NAME} has an open question is not known"),
        (["decline", NAME, "--why", "no"], f"whether {NAME} has an open question is not known"),
        (["replay", NAME], f"whether there is something to replay for {NAME} is not known"),
        (["breach", "lift", NAME, "--why", "no"], f"whether there is a breach '{NAME}' is not known"),
    ],
)
def test_silence_is_not_taken_for_nothing(
    lyo_dr: Type, aws: TwoRegions, orders: Orders, words: list[str], sentence: str
) -> None:
    aws.refusals = dict.fromkeys((IRELAND, OREGON), "ExpiredTokenException")
    said = lyo_dr(*words)
    assert said.exit_code == 2
    first, second = said.stderr.splitlines()
    assert first == f"lyo-dr: {sentence}"
    assert second.startswith("lyo-dr: eu-west-1 and us-west-2: AWS does not accept your credentials")
    assert orders == []


def test_one_silent_region_is_reported_beside_the_questions(lyo_dr: Type, aws: TwoRegions) -> None:
    asked(aws)
    aws.refusals = {IRELAND: "ExpiredTokenException"}
    said = lyo_dr("questions")
    assert said.exit_code == 3
    assert "At stake: " in said.output
    assert said.output.count("eu-west-1: AWS does not accept your credentials") == 1


# -- what a person sees ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("ada paused the automation", "Ada paused the automation."),
        ("us-west-2 is not the active region", "us-west-2 is not the active region."),
        ("region-eu-west-1-x is acknowledged", "region-eu-west-1-x is acknowledged."),
    ],
)
def test_an_id_keeps_its_spelling_at_the_beginning_of_a_sentence(
    capsys: pytest.CaptureFixture[str], sentence: str, shown: str
) -> None:
    assert operator_api.print_reply(operator_api.Reply(200, sentence)) == 0
    assert capsys.readouterr().out == f"{shown}\n"


def test_ctrl_c_at_a_prompt_is_exit_code_130(lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> bool:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise typer.Abort from None

    monkeypatch.setattr(typer, "confirm", interrupted)
    said = lyo_dr("start", "--region", IRELAND)
    assert said.exit_code == 130
    assert aws.executions() == {}


def test_a_wait_without_a_terminal_is_reported_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "SILENT_SECONDS", 0.01)
    with output.working("Replaying in us-west-2"), output.working("Asking us-west-2"):
        time.sleep(0.3)
    assert capsys.readouterr().err == "lyo-dr: Replaying in us-west-2; still waiting\n"
