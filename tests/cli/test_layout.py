"""The terminal at 80 and at 120 columns: nothing is wider, and a sentence wraps inside its own column."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from drills.engine.screen import Screen
from drills.results import result_json
from drills.results.measure import measure
from drills.results.record import TimelineLine
from drills.results.summary import print_summary
from drills.scenarios.catalogue import DRILLS
from drills.terminal import counted
from lyo_dr.model.consent import Question
from lyo_dr.store.questions import Questions
from tests.cli.aws import IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type
from tests.cli.test_help import COMMANDS
from tests.drills.drill_record import STEPS, recorded
from tests.plans import lyo_plan

LONG = (
    "eu-west-1 is down: its app and its AWS endpoint have not responded for 6 s, other regions respond, "
    "and no replica receives WAL; the recovery begins in us-west-2"
)
WIDTHS = pytest.mark.parametrize("width", [80, 120])


def narrow(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))


def fits(text: str, width: int) -> list[str]:
    """The lines, none wider than the console, none ending within a word that fits."""
    lines = text.splitlines()
    assert [line for line in lines if len(line.rstrip()) > width] == []
    return lines


def columns(lines: list[str], start: int) -> str:
    """What is written from this column on; continuation lines have nothing before it."""
    assert [line for line in lines[1:] if line[:start].strip()] == []
    return " ".join(line[start:].strip() for line in lines)


# -- help ---------------------------------------------------------------------------------------------------
@WIDTHS
@pytest.mark.parametrize("command", [[], ["plan"], ["breach"], ["evidence"], *COMMANDS], ids=" ".join)
def test_help_fits_and_shows_no_types(
    lyo_dr: Type, monkeypatch: pytest.MonkeyPatch, command: list[str], width: int
) -> None:
    narrow(monkeypatch, width)
    text = lyo_dr(*command, "--help").output
    fits(text, width)
    assert re.findall(r"<\w+>|\{\w+\}", text) == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_example_and_no_exit_code_is_broken_at_80_columns(
    lyo_dr: Type, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    narrow(monkeypatch, 80)
    shown = kept_lines(lyo_dr(*command, "--help").output)
    narrow(monkeypatch, 200)
    assert shown == kept_lines(lyo_dr(*command, "--help").output)


def kept_lines(text: str) -> list[str]:
    """The paragraphs of a help page whose lines are kept."""
    paragraphs = "\n".join(line.strip() for line in text.splitlines()).split("\n\n")
    return [line for each in paragraphs if each.startswith(("Examples:", "Exit codes:")) for line in each.splitlines()]


@WIDTHS
def test_the_overview_fits(lyo_dr: Type, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    narrow(monkeypatch, width)
    fits(lyo_dr().output, width)


# -- incidents ----------------------------------------------------------------------------------------------
TIMELINE = {
    80: """\
one in us-west-2, 2026-03-29 12:00:00 UTC
12:00:00.0  Triage                eu-west-1 is down: its app and its AWS
                                  endpoint have not responded for 6 s, other
                                  regions respond, and no replica receives WAL;
                                  the recovery begins in us-west-2
12:00:01.0  Triage                Done
""",
    120: """\
one in us-west-2, 2026-03-29 12:00:00 UTC
12:00:00.0  Triage                eu-west-1 is down: its app and its AWS endpoint have not responded for 6 s, other
                                  regions respond, and no replica receives WAL; the recovery begins in us-west-2
12:00:01.0  Triage                Done
""",
}


@WIDTHS
def test_a_timeline(lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    narrow(monkeypatch, width)
    aws.given_incident("one", LONG, "Done", ended="SUCCEEDED")
    assert lyo_dr("timeline", "one").output == TIMELINE[width]


def test_in_a_pipe_each_sentence_is_one_line(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.given_incident("one", LONG, "Done", ended="SUCCEEDED")
    assert lyo_dr("timeline", "one").output.splitlines()[1:] == [
        f"12:00:00.0  Triage                {LONG}",
        "12:00:01.0  Triage                Done",
    ]


STATUS = {
    80: """\
us-west-2
  record       eu-west-1 is active, us-west-2 is the standby, epoch 0
  lease        never taken
  automation   paused by bob: the network of the second region is tested until
               noon, and every alarm of it is ours
  newest       no incident yet
  running      nothing
""",
    120: """\
us-west-2
  record       eu-west-1 is active, us-west-2 is the standby, epoch 0
  lease        never taken
  automation   paused by bob: the network of the second region is tested until noon, and every alarm of it is ours
  newest       no incident yet
  running      nothing
""",
}


@WIDTHS
def test_a_status(lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    narrow(monkeypatch, width)
    why = "the network of the second region is tested until noon, and every alarm of it is ours"
    aws.table().put({"pk": "SYSTEM", "sk": "PAUSE", "paused": True, "by": "bob", "why": why})
    assert lyo_dr("status", "--region", OREGON).output == STATUS[width]


@WIDTHS
def test_a_question_fits_but_for_the_commands_to_paste(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    narrow(monkeypatch, width)
    now = datetime.now(UTC)
    aws.given_incident("one")
    assert aws.system().take_lease("one", now, timedelta(minutes=15))
    question = Question(
        incident="one",
        epoch=1,
        facts="1f0c9a77be21",
        finding="region_lost",
        loss_ms=1_380_000,
        over_rpo=True,
        blockers=[LONG],
        evidence=["app silent"],
        irrevocable=["bookings in us-west-2 is promoted"],
        asked_at=now,
        expires_at=now + timedelta(minutes=30),
    )
    Questions(aws.table()).pose(question, "token")
    lines = lyo_dr("questions").output.splitlines()
    fits("\n".join(line for line in lines if not line.startswith("  lyo-dr ")), width)
    first = next(number for number, line in enumerate(lines) if line.startswith("    - eu-west-1 is down"))
    following = next(number for number, line in enumerate(lines) if line.startswith("  Evidence"))
    assert columns(["      " + lines[first][6:], *lines[first + 1 : following]], 6) == LONG
    assert "  lyo-dr approve one --facts 1f0c9a77be21 --accept-data-loss PT1380S" in lines


@WIDTHS
def test_what_will_happen_fits(lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    narrow(monkeypatch, width)
    for words in (
        ["start", "--region", IRELAND],
        ["start", "--database", "bookings"],
        ["rotate"],
        ["breach", "report"],
    ):
        fits(lyo_dr(*words, answer="n\n").output, width)


@WIDTHS
def test_errors_fit(lyo_dr: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, width: int) -> None:
    narrow(monkeypatch, width)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    columns([" " * 8 + line.removeprefix("lyo-dr: ") for line in fits(said.stderr, width)[:1]], 8)
    fits(lyo_dr("drill", "nope").stderr, width)


# -- drills -------------------------------------------------------------------------------------------------
@WIDTHS
def test_the_drills_are_listed_in_two_columns(lyo_dr: Type, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    narrow(monkeypatch, width)
    lines = fits(lyo_dr("drill", "--list").output, width)
    start = 4 + max(map(len, DRILLS))
    indented = [line for line in lines if line.startswith("  ")]
    listed = "".join(f"\0{line.split()[0]} " if line[2] != " " else "" for line in indented).split("\0")[1:]
    assert sorted(map(str.strip, listed)) == sorted(DRILLS)
    text = " ".join(line[start:].strip() for line in indented)
    assert [name for name, drill in DRILLS.items() if drill.proves not in text] == []


def page(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@WIDTHS
@pytest.mark.parametrize("missed", [[], [LONG]], ids=["passed", "missed"])
def test_the_summary_of_a_drill_begins_with_its_verdict(missed: list[str], width: int) -> None:
    drill, console = recorded(), page(width)
    result = result_json.as_json(drill, measure(drill, STEPS), lyo_plan(), missed)
    print_summary(console, result, Path("results/region-loss/drill.json"))
    lines = [line for line in fits(written(console), width) if line.strip()]
    assert lines[0].split()[0] == ("FAILED" if missed else "PASSED")
    assert "drill region-loss" in lines[0]
    if missed:
        assert lines[1].startswith("  MISSED  eu-west-1 is down")
        end = next(number for number, line in enumerate(lines) if line.startswith("Outage"))
        assert columns([" " * 10 + lines[1][10:], *lines[2:end]], 10) == LONG
    text = " ".join(written(console).split())
    assert "(RTO 4 h)" in text
    assert "(RPO 15 min)" in text
    assert "drill.html#conditions" in text


@WIDTHS
def test_the_lines_of_a_running_drill_wrap_inside_their_column(width: int) -> None:
    console = page(width)
    screen = Screen(console)
    screen.fault(1_800_000_000.0, "eu-west-1 is lost")
    screen.line(TimelineLine(1_800_000_009.5, "ConfirmRegionLost", LONG))
    lines = fits(written(console), width)
    assert lines[1].startswith("    +9.5 s  ConfirmRegionLost     eu-west-1 is down")
    assert columns([" " * 34 + lines[1][34:], *lines[2:]], 34) == LONG


@pytest.mark.parametrize(("number", "text"), [(0, "0 bookings"), (1, "1 booking"), (1200, "1,200 bookings")])
def test_a_count_has_its_plural(number: int, text: str) -> None:
    assert counted(number, "booking") == text
