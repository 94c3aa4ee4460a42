"""Evaluation of the plan's integrity queries against the last good run (the baseline)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

from lyo_dr.model.plan import Check
from lyo_dr.model.restore import IntegrityCheck, Reading

_NOT_THERE = {"42P01", "42703", "3F000"}
"""undefined_table, undefined_column, invalid_schema_name (PostgreSQL manual, appendix A)."""
_NO_RIGHT = "42501"
"""insufficient_privilege: a missing grant, or row security that withholds rows."""
_NOT_A_QUESTION = ("0A", "25", "26", "3D", "3F", "42")
"""Classes of SQLSTATE that are about the question and not about the data, such as 42601, syntax_error (appendix A)."""


def integrity_faults(checks: list[Check], readings: list[Reading], baseline: IntegrityCheck | None) -> list[str]:
    """One sentence per deviation. A query without a result is a deviation, too: no result proves nothing.

    A query that could not be asked is none: it has never been answered, or may not be asked any more.
    """
    answers = {reading.name: reading for reading in readings}
    faults = []
    for check in checks:
        answer = answers.get(check.name, Reading(name=check.name, error="not queried"))
        before = _before(answer, baseline)
        if not _cannot_be_asked(answer, before) and (fault := _fault(check, answer, before)) is not None:
            faults.append(fault)
    return faults


def not_askable(checks: list[Check], readings: list[Reading], baseline: IntegrityCheck | None) -> list[str]:
    """Queries that could not be asked, each with the reason: a typo, a missing table, a missing right. No wrong data.

    A table that is gone although the same query was answered before is another matter: that is a deviation.
    """
    named = {check.name for check in checks}
    return [
        f"{reading.name} could not be asked ({reading.error})"
        for reading in readings
        if reading.name in named and _cannot_be_asked(reading, _before(reading, baseline))
    ]


def _cannot_be_asked(answer: Reading, before: float | None) -> bool:
    if answer.error is None or answer.value is not None:
        return False
    if _state(answer) == _NO_RIGHT:
        return True
    return before is None and (answer.error == "no number" or _state(answer).startswith(_NOT_A_QUESTION))


def _before(answer: Reading, baseline: IntegrityCheck | None) -> float | None:
    """What the same question was answered in the last good run. Another question's answer says nothing."""
    for reading in baseline.readings if baseline else []:
        same = answer.question == reading.question or not (answer.question and reading.question)
        if reading.name == answer.name and same:
            return reading.value
    return None


def _state(reading: Reading) -> str:
    """Its SQLSTATE; empty where there is none."""
    word, _, rest = (reading.error or "").partition(" ")
    return rest.partition(" ")[0] if word == "SQLSTATE" else ""


_NO_VERDICT = ("08", "28", "40", "42501", "53", "55", "57")
"""Classes of SQLSTATE that say nothing about the data: connection, login, rollback, a missing right, resources, an
object in use, intervention by the server or an operator such as statement_timeout (PostgreSQL manual, appendix A)."""


def without_verdict(checks: list[Check], readings: list[Reading], baseline: IntegrityCheck | None = None) -> list[str]:
    """Queries of a restored instance that found no answer yet, with the reason. Slow is not wrong: ask again.

    One that had no answer in the last good run either, for want of a right, is not waited for.
    """
    told = {reading.name: reading for reading in readings}
    silent = [check.name for check in checks if check.name not in told or _is_waited_for(told[check.name], baseline)]
    return [f"{name} ({told[name].error if name in told else 'not queried yet'})" for name in silent]


def _is_waited_for(reading: Reading, baseline: IntegrityCheck | None) -> bool:
    refused = _state(reading) == _NO_RIGHT and _before(reading, baseline) is None
    return _says_nothing(reading) and not refused


def answered_faults(checks: list[Check], readings: list[Reading], baseline: IntegrityCheck | None) -> list[str]:
    """Deviations among the queries that were answered, by a wrong number or by an error that is about the data."""
    told = {reading.name: reading for reading in readings if not _says_nothing(reading)}
    return integrity_faults([check for check in checks if check.name in told], list(told.values()), baseline)


def _says_nothing(reading: Reading) -> bool:
    return _state(reading).startswith(_NO_VERDICT)


PATIENCE = 2
"""Number of earlier runs in a row without a result before a query opens an incident."""


def faults_to_tell(
    checks: list[Check], readings: list[Reading], baseline: IntegrityCheck | None, before: Sequence[IntegrityCheck]
) -> list[str]:
    """Faults that open an incident: wrong results at once, a missing result after several runs.

    A database under load is slow for a while, which is no damage; one that can no longer be queried may hide damage.
    ``before`` are the earlier runs, oldest first.
    """
    wrong = wrong_answers(checks, readings, baseline)
    askable = [check for check in checks if not not_askable([check], readings, baseline)]
    silent = [check for check in unanswered(askable, readings) if _silent_throughout(check, before)]
    return list(dict.fromkeys([*wrong, *integrity_faults(silent, readings, baseline)]))


def unanswered(checks: list[Check], readings: list[Reading]) -> list[Check]:
    """Queries without a result."""
    answered = {reading.name for reading in readings if reading.value is not None}
    return [check for check in checks if check.name not in answered]


def _silent_throughout(check: Check, before: Sequence[IntegrityCheck]) -> bool:
    recent = before[-PATIENCE:]
    return len(recent) == PATIENCE and all(unanswered([check], run.readings) for run in recent)


def wrong_answers(checks: list[Check], readings: list[Reading], baseline: IntegrityCheck | None) -> list[str]:
    """The same without queries that failed for lack of time, space or a connection.

    A database under load is slow, and a replica cancels queries; neither is damage. A missing table or column is.
    """
    told = {r.name: r for r in readings if r.value is not None or _state(r) in _NOT_THERE}
    return integrity_faults([check for check in checks if check.name in told], list(told.values()), baseline)


def last_good(runs: Iterable[IntegrityCheck], before: datetime | None = None) -> IntegrityCheck | None:
    """The newest run without a fault, at or before ``before``."""
    good = [run for run in runs if not run.faults and (before is None or run.at <= before)]
    return max(good, key=lambda run: run.at, default=None)


def _fault(check: Check, answer: Reading, before: float | None) -> str | None:
    if answer.value is None:
        return f"{check.name} returned no result ({answer.error or 'no number'})"
    if check.expect == "zero":
        return f"{check.name}: {answer.value:g} instead of 0" if answer.value else None
    if before is None:
        return None
    return _moved(check, answer.value, before)


def _moved(check: Check, value: float, before: float) -> str | None:
    percent = _percent(value, before)
    if percent < -check.may_fall_percent:
        return f"{check.name} fell from {before:g} to {value:g}, by more than {check.may_fall_percent:g} %"
    if check.may_rise_percent is not None and percent > check.may_rise_percent:
        return f"{check.name} rose from {before:g} to {value:g}, by more than {check.may_rise_percent:g} %"
    return None


def _percent(value: float, before: float) -> float:
    """By how much it moved. From 0, anything is more than any percentage: a share of nothing is nothing."""
    if value == before:
        return 0.0
    return math.copysign(math.inf, value - before) if before == 0 else 100 * (value - before) / abs(before)
