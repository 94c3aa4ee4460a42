"""Endings of an incident: success, nothing changed, and failure."""

from __future__ import annotations

import json
from typing import Any

from lyo_dr.model.facts import Probe
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.verdict import Failure, Outcome


def recovered_after_all(record: SystemRecord, region: str, epoch: int, answer: Probe) -> str | None:
    """What contradicts a reported recovery, or None."""
    if record.active_region != region or record.epoch != epoch:
        return f"the system record names {record.active_region} at epoch {record.epoch}, not {region} at {epoch}"
    if answer.status != 200 or answer.database not in ("read_write", None):
        return f"{answer.url} does not serve ({answer.database or answer.error or answer.status})"
    if answer.region not in (region, None):
        return f"{answer.url} is served by {answer.region}"
    return None


def undisturbed(decision: str, sentence: str, reasons: list[str]) -> Outcome:
    """Outcome of an incident that changed nothing: held for a person, or stood down."""
    return Outcome(ending="held" if decision in ("held", "ask") else "stood_down", sentence=sentence, reasons=reasons)


def innermost(error: Any) -> tuple[str, str]:
    """Class and sentence of the innermost error of nested executions.

    A failed nested execution arrives as ``States.TaskFailed`` whose cause is the execution's description
    as JSON, which holds its own error and cause (Step Functions developer guide, "Manage nested executions").
    """
    name, cause = str(error.get("Error", "Unknown")), str(error.get("Cause", ""))
    try:
        inner = json.loads(cause)
    except ValueError:
        return name, cause
    if not isinstance(inner, dict):
        return name, cause
    if "Cause" in inner or "Error" in inner:
        return innermost({"Error": inner.get("Error", name), "Cause": inner.get("Cause", "")})
    if "errorMessage" in inner:
        return name, str(inner["errorMessage"])
    # A nested execution that timed out or was aborted has neither error nor cause, and a long description.
    return name, f"{inner['Name']} ended {inner['Status']}" if {"Name", "Status"} <= inner.keys() else cause


def judge_failure(error: Any, *, promotion_called: bool, authority_taken: bool, breach: bool = False) -> Failure:
    """Before the first promotion the lease is released; after it, only a person may release it.

    Once authority is taken, users are (or are about to be) served here: the incident ends degraded and traffic stays,
    since there is no rollback of a promotion.
    """
    name, cause = innermost(error) if isinstance(error, dict) else ("Unknown", "no cause on record")
    what = f"{name}: {cause}" if cause else name
    if authority_taken:
        return Failure(ending="degraded", sentence=f"Degraded, and traffic stays here: {what}", keep_lease=True)
    if promotion_called:
        return Failure(
            ending="failed",
            sentence=f"Stopped after a promotion, before traffic moved: {what}",
            keep_lease=True,
        )
    if breach:
        return Failure(ending="failed", sentence=f"The breach is not contained: {what}", keep_lease=False)
    return Failure(ending="failed", sentence=f"Stopped before anything irreversible: {what}", keep_lease=False)
