"""Evaluation of the plan's integrity queries against the last good run (the baseline)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lyo_dr.model.plan import Check
from lyo_dr.model.restore import IntegrityCheck, Reading

_NOT_THERE = {"42P01", "42703", "3F000"}
"""undefined_table, undefined_column, invalid_schema_name (PostgreSQL manual, appendix A)."""


def integrity_faults(checks: list[Check], readings: list[Reading], baseline: IntegrityCheck | None) -> list[str]:
    """One sentence per deviation. A query without a result is a deviation, too: no result proves nothing."""
    answers = {reading.name: reading for reading in readings}
    before = {reading.name: reading.value for reading in baseline.readings} if baseline else {}
    faults = []
    for check in checks:
        answer = answers.get(check.name, Reading(name=check.name, error="not queried"))
        if (fault := _fault(check, answer, before.get(check.name))) is not None:
            faults.append(fault)
    return faults


_NO_VERDICT = ("08", "28", "40", "42501", "53", "55", "57")
"""Classes of SQLSTATE that say nothing about the data: connection, login, rollback, a missing right, resources, an
object in use, intervention by the server or an operator such as statement_timeout (PostgreSQL manual, appendix A)."""


def without_verdict(checks: list[Check], readings: list[Reading]) -> list[str]:
    """Queries of a restored instance that found no answer yet, with the reason. Slow is not wrong: ask again."""
    told = {reading.name: reading for reading in readings}
    silent = [check.name for check in checks if check.name not in told or _says_nothing(told[check.name])]
    return [f"{name} ({told[name].error if name in told else 'not queried yet'})" for name in silent]


def answered_faults(checks: list[Check], readings: list[Reading], baseline: IntegrityCheck | None) -> list[str]:
    """Deviations among the queries that were answered, by a wrong number or by an error that is about the data."""
    told = {reading.name: reading for reading in readings if not _says_nothing(reading)}
    return integrity_faults([check for check in checks if check.name in told], list(told.values()), baseline)


def _says_nothing(reading: Reading) -> bool:
    return (reading.error or "").removeprefix("SQLSTATE ").startswith(_NO_VERDICT)


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
    silent = [check for check in unanswered(checks, readings) if _silent_throughout(check, before)]
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
    told = {
        r.name: r for r in readings if r.value is not None or (r.error or "").removeprefix("SQLSTATE ") in _NOT_THERE
    }
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
    percent = 100 * (value - before) / abs(before) if before else 0.0
    if percent < -check.may_fall_percent:
        return f"{check.name} fell from {before:g} to {value:g}, by more than {check.may_fall_percent:g} %"
    if check.may_rise_percent is not None and percent > check.may_rise_percent:
        return f"{check.name} rose from {before:g} to {value:g}, by more than {check.may_rise_percent:g} %"
    return None
