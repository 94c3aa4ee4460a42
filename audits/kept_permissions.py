"""The last result about permissions, permission by permission, and what a part of the records may take from it.

The records of ``make machines`` show what most steps call, and no drill. What only a drill shows was shown by the last
whole run: its result is believed for as long as the permission is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from audits.permissions import Finding, Verdict
from audits.report import witness_of
from audits.roles import Permission

_FINE = ("proven", "implied", "not tried")
UNTRIED = "not tried"
NEVER_RUN = f"{UNTRIED}: no record has a call of this step"
OTHER_RESOURCE = f"{UNTRIED}: every record has this call on other resources only"
OTHER_PATH = f"{UNTRIED}: no record of this step comes by this call"
"""Why a permission is not tried, from the smallest share of the records to the largest."""


def as_kept(verdict: Verdict, before: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What is kept: one line for each permission.

    With ``before``, the last result, the records are a part only: what they do not show keeps its line, or is untried.
    """
    told = {key(finding.permission): _sentence(finding) for finding in verdict.findings}
    if before is not None:
        unshown = {key(finding.permission) for finding in verdict.of("unused")}
        told = {name: before.get(name, UNTRIED) if name in unshown else line for name, line in told.items()}
        told = explained(dict(sorted({**before, **told}.items())))
    counts = Counter(line.split(":")[0] for line in told.values())
    return {"records": list(verdict.records), "counts": dict(sorted(counts.items())), "permissions": told}


def explained(told: Mapping[str, str]) -> dict[str, str]:
    """The same lines, with the kind of reason for each permission that is not tried, by what is proven beside it."""
    proven = {name.split(" (resource ")[0] for name, line in told.items() if line.startswith("proven")}
    steps = {name.split(" ")[0] for name in proven}
    return {name: _why(name, proven, steps) if line.startswith(UNTRIED) else line for name, line in told.items()}


def _why(name: str, proven: set[str], steps: set[str]) -> str:
    if name.split(" ")[0] not in steps:
        return NEVER_RUN
    return OTHER_RESOURCE if name.split(" (resource ")[0] in proven else OTHER_PATH


def key(permission: Permission) -> str:
    """``process.step action``; the resources of an action are counted from 1, the first one is not."""
    more = f" (resource {permission.place + 1})" if permission.place else ""
    return f"{permission.process}.{permission.step} {permission.action}{more}"


def shown_before(verdict: Verdict, kept: Mapping[str, str]) -> list[Finding]:
    """What these records show no call for, and the last result does, or has listed to be tried."""
    return [one for one in verdict.of("unused") if kept.get(key(one.permission), "").startswith(_FINE)]


def missing(verdict: Verdict, kept: Mapping[str, str]) -> list[Finding]:
    """What neither these records nor the last whole run show to be needed, or what could be taken away unnoticed."""
    before = shown_before(verdict, kept)
    return [one for one in verdict.of("unused", "unnoticed") if one not in before]


def _sentence(finding: Finding) -> str:
    if finding.status == "implied":
        return f"implied: {finding.reason}"
    where = witness_of(finding)
    return f"{finding.status}: {where}" if where else finding.status
