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


def as_kept(verdict: Verdict, before: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What is kept: one line for each permission.

    With ``before``, the last result, the records are a part only: what they do not show keeps its line, or is untried.
    """
    told = {key(finding.permission): _sentence(finding) for finding in verdict.findings}
    if before is not None:
        unshown = {key(finding.permission) for finding in verdict.of("unused")}
        told = {name: before.get(name, UNTRIED) if name in unshown else line for name, line in told.items()}
        told = dict(sorted({**before, **told}.items()))
    counts = Counter(line.split(":")[0] for line in told.values())
    return {"records": list(verdict.records), "counts": dict(sorted(counts.items())), "permissions": told}


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
