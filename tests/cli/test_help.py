"""Help that teaches."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Type

COMMANDS = [
    *([name] for name in ("drill", "start", "status", "timeline", "questions", "approve", "decline")),
    *([name] for name in ("pause", "resume", "retry", "skip", "release", "blocked", "acknowledge", "standby")),
    *([name] for name in ("rotate", "hand-over", "replay")),
    ["plan", "check"],
    ["evidence", "verify"],
    ["evidence", "fetch"],
    ["breach", "report"],
    ["breach", "lift"],
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_with_examples_and_exit_codes(lyo_dr: Type, command: list[str]) -> None:
    said = lyo_dr(*command, "--help")
    assert said.exit_code == 0
    text = re.sub(r"\s+", " ", said.output)
    assert "Examples:" in text
    assert f" lyo-dr {' '.join(command)}" in text.split("Examples:")[1]
    assert "Exit codes: 0 " in text
    assert " 2 " in text.split("Exit codes:")[1]


def test_alone_it_shows_a_short_overview_of_every_command(lyo_dr: Type) -> None:
    said = lyo_dr()
    assert said.exit_code == 0
    assert len(said.output.splitlines()) < 24
    for command in COMMANDS:
        assert f"lyo-dr {' '.join(command)}" in said.output


def test_an_unknown_command_is_exit_code_2(lyo_dr: Type) -> None:
    said = lyo_dr("recover")
    assert said.exit_code == 2
    assert "No such command 'recover'" in said.output
