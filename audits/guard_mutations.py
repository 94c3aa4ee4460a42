"""``python -m audits.guard_mutations``: take each brake out of the code, and see which test notices.

A check that could be removed without anybody noticing is no check. A brake is a function that then does nothing, or one
requirement of one guard, which is then not asked for. The test that noticed last (``audits/results/guards.json``) is
asked first, and all of ``tests/unit`` and ``tests/faults`` if it does not notice any more; with ``--quick``, as CI runs
it, it is the only one, and nothing is written. Exit code 0: the tests pass on the code as it is, and one fails without
each brake. 1: a brake is not missed, or the tests fail anyway.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from audits.kept import cpu_seconds, keep, read_kept
from audits.mutants import Mutant, first_failure

ROOT = Path(__file__).resolve().parents[1]
_UNIT = "tests/unit"
_EVERYTHING = (_UNIT, "tests/faults")
_GUARDS = "guards.py"


@dataclass(frozen=True)
class Safeguard:
    """A function that holds something back. Taken out, it does nothing and returns None, which lets everything pass.

    With ``without`` only that requirement is taken out of the guard ``function``, which goes on asking for the others.
    """

    name: str
    module: str
    function: str
    holds: str
    without: str = ""

    def mutant(self) -> Mutant:
        """The module without it. Raises NoSuchBrakeError."""
        source = _source(self.module)
        changed = weakened(source, self.function, self.without) if self.without else without(source, self.function)
        return Mutant(self.module, changed)


BRAKES = (
    Safeguard("lease", "guards.py", "hold_lease", "whoever does not hold the lease changes nothing"),
    Safeguard("rotation lease", "guards.py", "_check_held", "a rotation that does not hold the lease changes nothing"),
    Safeguard("gate", "guards.py", "_check_gate", "without an open gate nothing irreversible is called"),
    Safeguard("epoch", "guards.py", "check_epoch", "what was decided in an older world changes nothing"),
    Safeguard("newest", "guards.py", "_check_newest", "an older epoch than the one on record changes nothing"),
    Safeguard("pause", "guards.py", "check_not_paused", "a paused automation changes nothing"),
    Safeguard(
        "veto", "decisions/common/agreement.py", "fresh", "a replica that hears its primary keeps it from being deposed"
    ),
    Safeguard(
        "turn",
        "decisions/incident/instance_triage.py",
        "_too_short",
        "a database in a failover between zones is not dead",
    ),
    Safeguard(
        "witness", "decisions/incident/instance_triage.py", "_alone", "nothing is restored on the word of one observer"
    ),
    Safeguard("wait", "decisions/incident/instance_triage.py", "_at_work", "what RDS is at work on is left to RDS"),
    Safeguard(
        "agreement",
        "decisions/failover/triage.py",
        "_too_short",
        "a region that has been silent for a moment is not lost",
    ),
    Safeguard(
        "loss", "decisions/failover/objective.py", "loss_doubts", "more loss than the RPO is not accepted by itself"
    ),
    Safeguard("fence", "services/common/fences.py", "_stop", "the lost region is stopped if it still listens"),
    Safeguard("deposed", "decisions/keeper/deposed.py", "deposed_by", "a deposed region that comes back fences itself"),
    Safeguard(
        "answer",
        "decisions/common/consent.py",
        "check_answer",
        "an answer counts once, in time, and for these facts only",
    ),
    Safeguard(
        "number", "decisions/common/consent.py", "check_loss_covered", "a consent has to cover the loss that is stated"
    ),
    Safeguard(
        "key", "decisions/rotation/issued_keys.py", "same_as_before", "the leaked key, handed over again, is no new one"
    ),
    Safeguard(
        "block", "decisions/breach/blocking.py", "_why_not", "what is protected or absurdly wide is never blocked"
    ),
    Safeguard(
        "replay",
        "decisions/restore/reconciliation.py",
        "check_replay_answer",
        "what is given back is what a person was shown",
    ),
    Safeguard(
        "cooldown", "decisions/incident/admission.py", "_by_brakes", "soon after a recovery no alarm starts another one"
    ),
)


class NoSuchBrakeError(Exception):
    """A brake names a function that is not there: the list and the code have parted. One sentence."""


def every_brake() -> tuple[Safeguard, ...]:
    """The list above, and each requirement of each guard as ``guards.py`` has them."""
    return BRAKES + tuple(
        Safeguard(f"{guard} {requirement}", _GUARDS, guard, f"{guard} asks for {requirement}", requirement)
        for guard, requirements in guards_of(_source(_GUARDS)).items()
        for requirement in requirements
    )


def guards_of(source: str) -> dict[str, list[str]]:
    """The guards of a module (``name = requires(...)``), each with its requirements."""
    return {name: [ast.unparse(each) for each in call.args] for name, call in _guards(ast.parse(source))}


def without(source: str, function: str) -> str:
    """The source of a module in which ``function`` does nothing. Raises NoSuchBrakeError."""
    tree = ast.parse(source)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    if len(found) != 1:
        raise NoSuchBrakeError(
            f"there are {len(found)} functions called {function}; name one in audits/guard_mutations.py"
        )
    found[0].body = _nothing(found[0].returns)
    return ast.unparse(ast.fix_missing_locations(tree))


def weakened(source: str, guard: str, requirement: str) -> str:
    """The source of a module in which ``guard`` no longer asks for ``requirement``. Raises NoSuchBrakeError."""
    tree = ast.parse(source)
    call = dict(_guards(tree)).get(guard)
    kept = [] if call is None else [each for each in call.args if ast.unparse(each) != requirement]
    if call is None or len(kept) == len(call.args):
        raise NoSuchBrakeError(f"no guard {guard} asks for {requirement}")
    call.args = kept
    return ast.unparse(tree)


def _guards(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            call, (target,) = node.value, node.targets
            if isinstance(call.func, ast.Name) and call.func.id == "requires" and isinstance(target, ast.Name):
                yield target.id, call


def _nothing(returns: ast.expr | None) -> list[ast.stmt]:
    """No value where one is returned, no values where several are yielded."""
    yields = returns is not None and "Iterator" in ast.unparse(returns)
    return [ast.Return(ast.parse("iter(())", mode="eval").body if yields else ast.Constant(None))]


def _source(module: str) -> str:
    return (ROOT / "lambdas" / "lyo_dr" / module).read_text(encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Try them all; returns the exit code."""
    parser = argparse.ArgumentParser(prog="audits.guard_mutations", description="Take each brake out of the code.")
    parser.add_argument("--quick", action="store_true", help="ask only the tests that noticed last, and write nothing")
    quick = parser.parse_args(arguments).quick
    console, known, brakes = Console(highlight=False), read_kept("guards").get("brakes", {}), every_brake()
    witnesses = sorted({row["noticed_by"] for row in known.values() if row["noticed_by"]})
    if witnesses and (failed := first_failure(witnesses)) is not None:
        console.print(f"[bold red]The tests fail on the code as it is:[/bold red] {failed}")
        return 1
    rows = {brake.name: _tried(brake, known.get(brake.name, {}), console, quick=quick) for brake in brakes}
    missed = [row for row in rows.values() if row["noticed_by"]]
    console.print(f"{len(missed)} of {len(rows)} brakes are missed when they are taken out")
    if not quick:
        keep("guards", {"brakes": rows})
    return 0 if len(missed) == len(rows) else 1


def _places(brake: Safeguard) -> tuple[str, ...]:
    """Where a test that notices is looked for: beside what it is about, then everywhere."""
    beside = "test_guards.py" if brake.module == _GUARDS else brake.module.rpartition("/")[0]
    return (f"{_UNIT}/{beside}", *_EVERYTHING) if (ROOT / _UNIT / beside).exists() else _EVERYTHING


def _tried(brake: Safeguard, before: Mapping[str, Any], console: Console, *, quick: bool) -> dict[str, Any]:
    begun, mutant, witness = cpu_seconds(), brake.mutant(), before.get("noticed_by", "")
    failed = first_failure([witness], mutant) if witness else None
    if failed is None and not quick:
        failed = next((found for place in _places(brake) if (found := first_failure([place], mutant))), None)
    if failed:
        console.print(f"{brake.name}, {brake.holds}: [green]missed by[/green] {escape(failed)}", soft_wrap=True)
    else:
        why = "NOT MISSED" if witness or not quick else "NO TEST ON RECORD; run python -m audits.guard_mutations"
        console.print(f"{brake.name}, {brake.holds}: [bold red]{why}[/bold red]", soft_wrap=True)
    return {"holds": brake.holds, "noticed_by": failed or "", "seconds": round(cpu_seconds() - begun, 1)}


if __name__ == "__main__":
    sys.exit(main())
