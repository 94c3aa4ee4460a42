"""Make the records: every drill, the state machines in whole worlds, and the steps on moto. One after the other."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from audits.records import Record, read_checks
from audits.roles import Role, read_roles
from drills.scenarios.catalogue import DRILLS
from drills.world.synth import ROOT, synthesise
from drills.world.world import ASSEMBLY, CACHE, KEEP_CALLS
from lyo_dr.model.near import one_of

_DEADLINE_SECONDS = 600
_DEADLINE_OF_MANY_SECONDS = 3600
_TO_END_SECONDS = 30
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_PYTHONPATH = f"{ROOT / 'lambdas'}{os.pathsep}{ROOT}"
_MISSED_ITS_TARGET = 1
"""Exit code of a drill that ran and was too slow for its target: its calls are as good as any."""

_COMPLETE = "complete"
"""A file of this name says that a source has come to its end."""

_ROLES = "roles.json"
"""What each role of a run was granted, beside the calls it made."""

_OF_ANOTHER_SIZE = "many"
"""Its plan has more databases and services, and so roles with permissions that no other drill could show."""

_ORDER = {**dict.fromkeys(DRILLS, 0), "steps": 2}

Say = Callable[[str], None]


class NoRecordError(Exception):
    """A drill or a test did not come to its end; the message holds the end of what it said."""


@dataclass(frozen=True)
class Source:
    """Something that makes a record. ``arguments`` are those of Python, ``fine`` the exit codes that will do."""

    name: str
    sentence: str
    arguments: tuple[str, ...]
    fine: tuple[int, ...] = (0,)
    seconds: int = _DEADLINE_SECONDS


def sources(plan: Path, results: Path) -> tuple[Source, ...]:
    """Return what is run: every drill of a plan as large as the customer's, and what no drill shows."""
    test = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    return (
        *(_drill(name, drill.proves, plan, results) for name, drill in DRILLS.items() if name != _OF_ANOTHER_SIZE),
        Source(
            "machines",
            "Every state machine in whole worlds, as make machines runs them",
            (*test, "-n", "2", "--dist", "loadscope", "--no-loadscope-reorder", "-m", "drill and not long"),
            seconds=_DEADLINE_OF_MANY_SECONDS,
        ),
        Source(
            "steps",
            "Every step on moto",
            (*test, "-p", "tests.audits.recording", "tests/unit", "tests/faults"),
            seconds=_DEADLINE_OF_MANY_SECONDS,
        ),
    )


def _drill(name: str, sentence: str, plan: Path, results: Path) -> Source:
    arguments = ("-m", "cli", "drill", name, "--plan", str(plan), "--results", str(results))
    return Source(name, f"{name}: {sentence}", arguments, (0, _MISSED_ITS_TARGET))


def gather(plan: Path, folder: Path, say: Say, only: Sequence[str] | None = None) -> None:
    """Run every source, or ``only`` those named.

    Each leaves ``<source>/<run>/{plan.json,roles.json,calls.jsonl}`` in ``<folder>/records``. A source that came to its
    end in an earlier run with this folder is not run again: what broke off goes on where it was. What it had left half
    done is forgotten. Raises NoRecordError when one fails, or is not known.
    """
    wanted, missed = _chosen(sources(plan, folder / "results"), only), []
    for place, source in enumerate(wanted, start=1):
        kept, begun = folder / "records" / source.name, time.monotonic()
        if (kept / _COMPLETE).exists():
            say(f"[{place}/{len(wanted)}] {source.sentence}: recorded before")
            continue
        shutil.rmtree(kept, ignore_errors=True)
        say(f"[{place}/{len(wanted)}] {source.sentence} ...")
        code = run(source, kept)
        for left in kept.glob("*/plan.json"):
            roles_in_force(left.parent)
        (kept / _COMPLETE).touch()
        ended = "missed its target" if code else "passed"
        missed += [source.name] if code else []
        say(f"[{place}/{len(wanted)}] {source.name}: {ended} in {time.monotonic() - begun:.0f} s")
    if missed:
        say(f"Recorded, but short of their targets: {', '.join(missed)}")


def _chosen(known: Sequence[Source], only: Sequence[str] | None) -> list[Source]:
    if only is None:
        return list(known)
    names = [source.name for source in known]
    for name in only:
        if name not in names:
            raise NoRecordError(f"there is no record {name!r}; {one_of(name, names)}")
    return [source for source in known if source.name in only]


def read(folder: Path) -> list[Record]:
    """Read what :func:`gather` has left, and records of further drills beside it: drills first, moto last.

    Raises NoRecordError when there are none.
    """
    records: list[Record] = []
    for path in sorted((folder / "records").glob("*/*/calls.jsonl"), key=_rank):
        records.append(Record(path.parent.parent.name, roles_in_force(path.parent), read_checks(path)))
    if not records:
        raise NoRecordError(f"{folder} holds no records")
    return records


def roles_in_force(left: Path) -> tuple[Role, ...]:
    """Return the roles of the plan a run has left, synthesised once and then kept beside it.

    A world leaves its templates. For steps on moto they are synthesised right after the run: only a few are kept.
    """
    kept = left / _ROLES
    if not kept.exists():
        templates = left / ASSEMBLY
        assembly = templates if templates.exists() else synthesise(left / "plan.json", "local", CACHE)
        kept.write_bytes(msgspec.json.encode(read_roles(assembly)))
    return msgspec.json.decode(kept.read_bytes(), type=tuple[Role, ...])


def _rank(path: Path) -> tuple[int, str]:
    return _ORDER.get(path.parent.parent.name, 1), str(path)


def run(source: Source, kept: Path) -> int:
    """Run one source, with ``kept`` for its calls; its exit code. Raises NoRecordError when it fails or leaves none."""
    code, output = _ended(source, {**os.environ, "PYTHONPATH": _PYTHONPATH, KEEP_CALLS: str(kept)})
    if code not in source.fine:
        raise NoRecordError(f"{source.name} ended with {code}: {output[-2000:].strip()}")
    if not list(kept.glob("*/calls.jsonl")):
        raise NoRecordError(f"{source.name} left no record of its calls")
    return code


def _ended(source: Source, environment: dict[str, str]) -> tuple[int, str]:
    """Wait for its end. It is asked to end, then made to, when it takes too long or we are stopped ourselves."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, *source.arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_end_with_parent,
    )
    try:
        output, _ = process.communicate(timeout=source.seconds)
    except subprocess.TimeoutExpired:
        raise NoRecordError(f"{source.name} took longer than {source.seconds} s") from None
    finally:
        _stop(process)
    return process.returncode, output


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_TO_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
