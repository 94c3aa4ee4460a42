"""Findings as a table for people and as JSON for everything else."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from audits.permissions import Finding, Verdict

_SHOWN = 3
"""Witnesses of a permission that are named in the JSON; the others are counted."""

_STYLES = {"proven": "green", "unused": "bold red", "unnoticed": "bold red"}
_WORDS = {
    "proven": "denied without it",
    "unused": "UNUSED: no call needs it",
    "unnoticed": "UNNOTICED: another grant allows the same",
}


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Return everything that is known, permission by permission."""
    return {
        "holds": verdict.holds,
        "records": list(verdict.records),
        "counts": {status: len(verdict.of(status)) for status in ("proven", "implied", "unused", "unnoticed")},
        "unexplained": list(verdict.unexplained),
        "silent_steps": {record: list(steps) for record, steps in verdict.silent.items()},
        "permissions": [_permission(finding) for finding in verdict.findings],
    }


def write(path: Path, verdict: Verdict) -> None:
    """Write the JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(as_json(verdict), indent=2) + "\n", encoding="utf-8")


def show(console: Console, verdict: Verdict) -> None:
    """Print one table, what is implied, who was silent, and what it comes to."""
    table = Table("step", "permission", "taken away", "first seen in", title="Every permission of every step")
    last = ""
    for (step, status, where), actions in _rows(verdict).items():
        table.add_row(step if step != last else "", ", ".join(actions), _WORDS[status], where, style=_STYLES[status])
        last = step
    console.print(table)
    for sentence in [*_implied(verdict), *_silent(verdict)]:
        console.print(sentence, highlight=False, style="dim")
    for sentence in verdict.unexplained:
        console.print(sentence, highlight=False, style="bold red")
    console.print(_summary(verdict), highlight=False)


def _implied(verdict: Verdict) -> list[str]:
    """One sentence for each reason; which step has which is in the JSON."""
    actions: dict[str, set[str]] = defaultdict(set)
    steps: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for finding in verdict.of("implied"):
        actions[finding.reason].add(finding.permission.action)
        steps[finding.reason].add((finding.permission.process, finding.permission.step))
    return [
        f"Implied, not enforced here, in {len(steps[reason])} steps: {', '.join(sorted(actions[reason]))}. {reason}."
        for reason in sorted(actions)
    ]


def _silent(verdict: Verdict) -> list[str]:
    """Steps that made no call in the first record, and the record that shows their calls instead."""
    if not verdict.records:
        return []
    first, *others = verdict.records
    said = []
    for step in verdict.silent[first]:
        elsewhere = [record for record in others if step not in verdict.silent[record]]
        said.append(f"{step}: {', '.join(elsewhere) or 'calls nothing in any record'}")
    return [f"Not called in {first}, but in: {'; '.join(said)}."] if said else []


def _summary(verdict: Verdict) -> str:
    counts = as_json(verdict)["counts"]
    tried = counts["proven"] + counts["unused"] + counts["unnoticed"]
    return (
        f"{counts['proven']} of {tried} permissions taken away and noticed; {counts['implied']} implied, "
        f"{counts['unused']} unused, {counts['unnoticed']} unnoticed"
    )


def _rows(verdict: Verdict) -> dict[tuple[str, str, str], list[str]]:
    """Permissions of a step that share a fate and a witness stand in one row."""
    rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for finding in verdict.of("proven", "unused", "unnoticed"):
        permission = finding.permission
        name = permission.action + (f" (resource {permission.place + 1})" if permission.place else "")
        rows[(f"{permission.process}.{permission.step}", finding.status, witness_of(finding))].append(name)
    return rows


def witness_of(finding: Finding) -> str:
    """The first record that shows the need, a drill where there is one; a test of a step runs on moto."""
    shown = [one.where for one in finding.evidence if one.denied] or [one.where for one in finding.evidence]
    if not shown:
        return ""
    return f"on moto, {shown[0].rsplit('/', 1)[-1]}" if "::" in shown[0] else shown[0]


def _permission(finding: Finding) -> dict[str, Any]:
    permission = finding.permission
    return {
        "process": permission.process,
        "step": permission.step,
        "action": permission.action,
        "resources": list(finding.resources),
        "status": finding.status,
        "reason": finding.reason,
        "witnesses": len(finding.evidence),
        "evidence": [{"where": e.where, "used": e.used, "denied_without": e.denied} for e in finding.evidence[:_SHOWN]],
    }
