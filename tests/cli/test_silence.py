"""Nothing concludes from silence: each command that calls AWS, against each cause for which AWS says nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cli.app import app
from lyo_dr.adapters.aws import session, stepfunctions
from tests.cli.aws import IRELAND, OREGON, TwoRegions
from tests.cli.conftest import TIME_LIMITS, Type
from tests.plans import PLAN_FILE, raw_plan

ID = "region-eu-west-1-20260329T120000"
SECRET = "lyo-saas/production/app-secrets"
WORDS: dict[str, list[str]] = {
    "status": [],
    "start": ["--lost", IRELAND, "--yes"],
    "timeline": [ID],
    "questions": [],
    "approve": [ID],
    "decline": [ID, "--why", "no"],
    "pause": ["--why", "by hand"],
    "resume": [ID, "--why", "quota raised", "--yes"],
    "retry": [ID, "CheckCapacity", "--why", "quota raised", "--yes"],
    "skip": [ID, "CheckEndpoints", "--why", "search is down"],
    "release": [ID, "--why", "by hand"],
    "blocked": [],
    "acknowledge": ["--region", OREGON],
    "standby": ["--region", OREGON],
    "rotate": ["--yes"],
    "hand-over": [SECRET, "OPENAI_API_KEY"],
    "replay": [ID],
    "key-done": [SECRET, "REDIS_URL", "--why", "changed by hand"],
    "breach report": ["--secret", SECRET, "--yes"],
    "breach lift": [ID, "--why", "over"],
    "evidence fetch": [ID],
}
MORE: dict[str, list[str]] = {
    "start --database": ["start", "--database", "bookings", "--yes"],
    "resume (the pause)": ["resume"],
    "timeline (the newest)": ["timeline"],
}
"""Further ways to call a command."""
ON_THIS_MACHINE = {"drill", "plan check", "evidence verify"}
ASKED = {"start": {OREGON}, "acknowledge": {OREGON}, "standby": {IRELAND}}
"""The regions that are called, where it is not both."""


def commands() -> set[str]:
    """Every command of the command line."""
    return set(_names(typer.main.get_command(app), ""))


def _names(command: Any, prefix: str) -> Iterator[str]:
    for name, each in command.commands.items():
        if hasattr(each, "commands"):
            yield from _names(each, f"{prefix}{name} ")
        else:
            yield prefix + name


def test_every_command_has_its_case() -> None:
    found = commands()
    assert found - ON_THIS_MACHINE == set(WORDS), "add the command to WORDS, or to ON_THIS_MACHINE if it calls nothing"


# -- the causes ---------------------------------------------------------------------------------------------------
Cause = Callable[[TwoRegions, pytest.MonkeyPatch, Path], Path]


def no_credentials(_aws: TwoRegions, patch: pytest.MonkeyPatch, _folder: Path) -> Path:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.delenv(name)
    return PLAN_FILE


def no_rights(aws: TwoRegions, _patch: pytest.MonkeyPatch, _folder: Path) -> Path:
    aws.refusals = dict.fromkeys((IRELAND, OREGON), "AccessDeniedException")
    return PLAN_FILE


def a_closed_endpoint(_aws: TwoRegions, patch: pytest.MonkeyPatch, _folder: Path) -> Path:
    patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    return PLAN_FILE


def a_hanging_endpoint(aws: TwoRegions, patch: pytest.MonkeyPatch, _folder: Path) -> Path:
    for module, name in TIME_LIMITS:
        patch.setattr(module, name, 0.5)
    patch.setattr(stepfunctions, "client", partial(session.client, read_seconds=0.5, attempts=1))
    aws.silent = {IRELAND, OREGON}
    return PLAN_FILE


def another_accounts_plan(_aws: TwoRegions, _patch: pytest.MonkeyPatch, folder: Path) -> Path:
    plan = folder / "theirs.json"
    plan.write_text(json.dumps(raw_plan(account="210987654321")), encoding="utf-8")
    return plan


CAUSES: dict[Cause, str] = {
    no_credentials: "there are no usable AWS credentials",
    no_rights: "your credentials do not allow this",
    a_closed_endpoint: "no response from http://127.0.0.1:9",
    a_hanging_endpoint: "does not answer",
    another_accounts_plan: "your credentials are for account 123456789012, but the plan is for 210987654321",
}


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
@pytest.mark.parametrize("command", [*WORDS, *MORE])
def test_without_an_answer_it_is_exit_code_2_and_a_sentence_that_names_the_regions(
    lyo_dr: Type,
    aws: TwoRegions,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    new_session: None,
    command: str,
    cause: Cause,
) -> None:
    plan = cause(aws, monkeypatch, tmp_path)
    session.client.cache_clear()
    words = MORE.get(command) or [*command.split(), *WORDS[command]]
    if command == "evidence fetch":
        words.append(str(tmp_path / "evidence"))
    said = lyo_dr(*words, plan=plan, answer="sk-1\n")
    assert said.exit_code == 2, said.output
    text = " ".join(said.output.split())
    assert CAUSES[cause] in text
    for region in ASKED.get(command, {IRELAND, OREGON}):
        assert region in text
    assert not re.search(r"Traceback|No open questions|there is no |has no |holds no ", text)


PARTLY = [["status"], ["questions"], ["blocked"], ["timeline"]]


@pytest.mark.parametrize("words", PARTLY, ids=lambda words: words[0])
def test_one_silent_region_is_said_with_its_own_exit_code(lyo_dr: Type, aws: TwoRegions, words: list[str]) -> None:
    aws.given_incident(ID, "Promoting", ended="FAILED")
    aws.refusals = {IRELAND: "AccessDeniedException"}
    said = lyo_dr(*words)
    assert said.exit_code == 3, said.output
    assert "your credentials do not allow this in eu-west-1" in " ".join(said.output.split())


@pytest.mark.parametrize("words", PARTLY, ids=lambda words: words[0])
def test_the_twin_with_both_regions_it_is_0(lyo_dr: Type, aws: TwoRegions, words: list[str]) -> None:
    aws.given_incident(ID, "Promoting", ended="FAILED")
    assert lyo_dr(*words).exit_code == 0


# -- errors that nobody foresaw, and foreign text ------------------------------------------------------------------
def test_a_foreign_exception_is_exit_code_2_and_a_sentence(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: Any, **__: Any) -> int:
        raise ZeroDivisionError("a [/b] and [options]")

    monkeypatch.setattr("cli.operations.status.status", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = lyo_dr("status")
    assert said.exit_code == 2
    assert "the command failed unexpectedly (ZeroDivisionError: a [/b] and [options])" in " ".join(said.stderr.split())
    (log,) = tmp_path.glob("lyo-dr-*.log")
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert "Traceback" not in said.output


FOREIGN = "a [/b] and [options] [bold red]x"


@pytest.mark.parametrize("words", [["timeline", ID], ["status"]], ids=lambda words: words[0])
def test_foreign_text_is_printed_as_it_is(lyo_dr: Type, aws: TwoRegions, words: list[str]) -> None:
    aws.given_incident(ID, FOREIGN)
    aws.table().put({"pk": "SYSTEM", "sk": "PAUSE", "paused": True, "by": "bob", "why": FOREIGN})
    said = lyo_dr(*words)
    assert said.exit_code == 0, said.output
    assert FOREIGN in " ".join(said.output.split())


@pytest.mark.parametrize(
    "words",
    [
        ["[/b]"],
        ["start", "--lost", "[/b][options]", "--yes"],
        ["drill", "[/b][options]"],
        ["timeline", "[/b][options]"],
        ["start", "--[/b]"],
        ["rotate", "--secret", "[/b][options]", "--yes"],
        ["start", "--database", "[/b][options]", "--yes"],
    ],
    ids=" ".join,
)
def test_foreign_words_on_the_command_line_too(lyo_dr: Type, aws: TwoRegions, words: list[str]) -> None:
    said = lyo_dr(*words)
    assert said.exit_code == 2
    assert "[/b]" in " ".join(said.output.split())
    assert "unexpectedly" not in said.output
