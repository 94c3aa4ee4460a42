"""Reading a plan from its file: every fault with its line and column, and what is not wrong but worth a warning.

Beyond the model's own rules (``lyo_dr.model.plan.rules``) it holds what needs libraries no function has: YAML's places,
the regions AWS has, and a parser of SQL. Nothing is sent anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cli.plan_reader.document import parse
from cli.plan_reader.places import Document, Misread, located
from cli.plan_reader.settings import applied
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import PlanFaults, read_written
from lyo_dr.model.plan.rehearsal import Rehearsal
from lyo_dr.model.plan.rules.causes import Rule


class UnusablePlan(Exception):
    """The plan cannot be used. ``faults`` are sentences, each with its place in front."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class CheckedPlan:
    """A plan that can be used, and the warnings about it, each with its place in front."""

    plan: Plan
    warnings: list[str]
    placed: Callable[[list[str]], list[str]]
    """Puts its place in front of each further sentence."""


def load(path: Path, settings: Sequence[str] = ()) -> Plan:
    """Read a file and apply the model's rules: enough to work with a plan that has been deployed, and no more, so that
    nothing about the wording of a query keeps an operator from acting. ``settings`` are given beside the file, as
    ``objectives.rto=PT2H``. Raises :class:`UnusablePlan`.
    """
    return _read(path, str(path), (), settings)[0]


def load_with_rehearsal(path: Path, settings: Sequence[str] = ()) -> tuple[Plan, Rehearsal]:
    """Read a file as ``load`` does, with what only drills read: its files are there. Raises :class:`UnusablePlan`."""
    from cli.plan_reader.rehearsal_files import unusable_files

    plan, rehearsal, document = _read(path, str(path), (), settings)
    if faults := list(unusable_files(rehearsal, path)):
        raise UnusablePlan(_placed(str(path), document, faults))
    return plan, rehearsal


def check(path: Path, name: str | None = None, settings: Sequence[str] = ()) -> CheckedPlan:
    """Read a file, called ``name`` in sentences, with ``settings`` over it, and check all that can be known.

    Raises :class:`UnusablePlan`.
    """
    from cli.plan_reader.advice import warnings
    from cli.plan_reader.aws_regions import unknown_regions
    from cli.plan_reader.integrity_sql import unfit_questions
    from cli.plan_reader.rehearsal_files import unusable_files
    from cli.plan_reader.role_sizes import too_large

    shown = name or str(path)
    plan, rehearsal, document = _read(path, shown, (unknown_regions, unfit_questions), settings)
    if faults := [*too_large(plan), *unusable_files(rehearsal, path)]:
        raise UnusablePlan(_placed(shown, document, faults))
    placed = partial(_placed, shown, document)
    return CheckedPlan(plan, placed(warnings(plan)), placed)


def _read(path: Path, shown: str, first: Sequence[Rule], settings: Sequence[str]) -> tuple[Plan, Rehearsal, Document]:
    try:
        document = parse(path.read_bytes())
    except FileNotFoundError:
        raise UnusablePlan([f"{shown}: no such file; name the plan with --plan"]) from None
    except OSError as fault:
        raise UnusablePlan([f"{shown}: the file cannot be read: {(fault.strerror or str(fault)).lower()}"]) from None
    except Misread as misread:
        raise UnusablePlan([located(shown, *fault) for fault in misread.faults]) from None
    try:
        document = applied(document, settings)
    except Misread as misread:
        raise UnusablePlan([sentence for sentence, _ in misread.faults]) from None
    try:
        return *read_written(document.raw, document.written, first), document
    except PlanFaults as found:
        raise UnusablePlan(_placed(shown, document, found.faults)) from None


def _placed(name: str, document: Document, sentences: list[str]) -> list[str]:
    """Those of what was given beside the file, and then in the order of the file."""
    given = [located("--set", each, None) for each in sentences if document.was_given(each)]
    placed = [(each, document.place_of(each)) for each in sentences if not document.was_given(each)]
    return given + [located(name, *fault) for fault in sorted(placed, key=lambda fault: fault[1] or (0, 0))]
