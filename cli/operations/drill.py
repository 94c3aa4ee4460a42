"""``lyo-dr drill``: list the drills, check this machine, and run one, all of them, or the local AWS alone."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from cli.output import console, counted, print_row, refuse, say
from cli.plan_file import load_for_drill
from lyo_dr.model.near import nearest

if TYPE_CHECKING:
    from drills.world.own_system import OwnSystem
    from lyo_dr.model.plan import Plan

ALL = "all"
"""Not a drill: every drill of the catalogue, one after the other."""
_LOG = "error.log"


def print_list() -> None:
    """Print the drills by disaster, and what each proves."""
    from drills.scenarios.catalogue import DRILLS
    from drills.scenarios.groups import GROUPS

    width = max(map(len, DRILLS))
    for number, (disaster, names) in enumerate(GROUPS.items()):
        if number:
            say("")
        say(disaster, "bold")
        for name in names:
            print_row(Text(f"  {name:<{width}}  ", "cyan"), DRILLS[name].proves)


def keep(plan: Path) -> int:
    """Keep a local AWS until Ctrl-C; the exit code. Raises typer.Exit(2)."""
    loaded, own = _loaded(plan)
    _preflight(None)
    from drills.keep_running import keep as keep_world

    return keep_world(loaded, console(), own)


def run(name: str, plan: Path, results: Path, *, aws_timing: bool) -> int:
    """Run one drill, or all; the exit code. Raises typer.Exit(2)."""
    loaded, own = _loaded(plan)
    _preflight(results)
    if name == ALL and aws_timing:
        raise refuse("--aws-timing is for one drill at a time; name a drill, or leave the option out")
    if name == ALL:
        from drills.run_all import run_all

        return _without_traceback(results, lambda: run_all(loaded, results, console(), own))
    _must_exist(name)
    say(f"Drill {name}: loading", "dim")
    from drills.run import run_drill  # imported here: it loads a database driver and an AWS client

    return _without_traceback(
        results / name, lambda: run_drill(name, loaded, results, console(), aws_timing=aws_timing, own=own)
    )


def _loaded(path: Path) -> tuple[Plan, OwnSystem]:
    from drills.world.own_system import OwnSystem

    plan, rehearsal = load_for_drill(path)
    return plan, OwnSystem(path.resolve().parent, rehearsal)


def _without_traceback(folder: Path, drill: Callable[[], int]) -> int:
    """Exit code 2 for an unexpected error: 1 means that a target was missed, and a pipeline has to tell them apart."""
    try:
        return drill()
    except typer.Exit:
        raise
    except Exception as error:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _LOG).write_text(traceback.format_exc(), encoding="utf-8")
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise refuse(f"the drill failed unexpectedly ({what}); the details are in {folder / _LOG}") from None


def _must_exist(name: str) -> None:
    from drills.scenarios.catalogue import DRILLS

    if name in DRILLS:
        return
    found = nearest(name, DRILLS)
    near = [found] if found is not None else [each for each in DRILLS if name in each][:3]
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    raise refuse(f"there is no drill {name!r}{hint} `lyo-dr drill --list` shows all {counted(len(DRILLS), 'drill')}")


def _preflight(results: Path | None) -> None:
    from cli.preflight import obstacles

    found = list(obstacles(results))
    if found:
        raise refuse(found[0], *found[1:])
