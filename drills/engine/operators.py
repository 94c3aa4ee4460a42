"""Operators in a drill: they type the real commands of the command line and read its exit codes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from drills.engine.context import DrillContext

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 60.0
_TWO = ("ada", "grace")


@dataclass(frozen=True)
class Said:
    """The output and exit code of a command."""

    code: int
    text: str


class NoQuestionError(RuntimeError):
    """An operator was ready to answer, and no question was open."""


def lyo_dr(ctx: DrillContext, *words: str, typed: str = "") -> Said:
    """Run ``lyo-dr`` against the world of the drill; shown with its answer, but never with what is typed into it."""
    said = _run(ctx, *words, typed=typed)
    ctx.screen.stage(f"A person types: lyo-dr {' '.join(words)}")
    ctx.screen.stage(f"  {said.text.splitlines()[-1] if said.text else 'no answer'} (exit code {said.code})")
    return said


def _run(ctx: DrillContext, *words: str, typed: str = "") -> Said:
    command = [sys.executable, "-m", "cli", *words]
    ended = subprocess.run(
        command,
        cwd=_ROOT,
        env=_environment(ctx),
        input=typed,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return Said(ended.returncode, (ended.stdout + ended.stderr).strip())


def start_by_hand(ctx: DrillContext, after: float = 0.0) -> None:
    """Start an incident by hand some time after the primary was lost."""
    ctx.let_pass(after)
    lyo_dr(ctx, "start", "--region", ctx.primary, "--by", "ada", "--yes")


def two_start(ctx: DrillContext) -> None:
    """Two operators start the same incident at the same time."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda who: lyo_dr(ctx, "start", "--region", ctx.primary, "--by", who, "--yes"), _TWO))


def approve(ctx: DrillContext) -> None:
    """Read the open question and type the command it gives for a yes."""
    lyo_dr(ctx, *_answer(ctx, "approve"), "--yes")


def decline(ctx: DrillContext) -> None:
    """Read the open question and decline it."""
    lyo_dr(ctx, *_answer(ctx, "decline")[:2], "--why", "the region is well, it is us who are cut off")


def _answer(ctx: DrillContext, word: str) -> list[str]:
    """The words of an answer, as `lyo-dr questions` shows them."""
    found: list[str] = []

    def shown() -> bool:
        lines = _run(ctx, "questions").text.splitlines()
        found.extend(line.strip() for line in lines if line.strip().startswith(f"lyo-dr {word} "))
        return bool(found)

    if not ctx.wait_until(shown, _SECONDS):
        raise NoQuestionError("no question was open, although an operator had been notified of one")
    return shlex.split(found[-1])[1:]


def _environment(ctx: DrillContext) -> dict[str, str]:
    world = ctx.world
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": f"{_ROOT / 'lambdas'}:{_ROOT}",
        "LYO_DR_PLAN": str(world.directory / "plan.json"),
        "AWS_ENDPOINT_URL": world.aws.endpoint,
        "AWS_DEFAULT_REGION": ctx.secondary,
        "AWS_ACCESS_KEY_ID": world.plan.account,
        "AWS_SECRET_ACCESS_KEY": "unchecked",
    }
