"""Take each permission away, one at a time: a recorded call has to be denied without it.

A permission is *proven* when successful calls of the step needed it and the same evaluator that lets calls pass in the
rehearsal denies one of them without it; *implied* when a service of AWS uses it out of sight; *unused* when no record
shows a call that needs it; *unnoticed* when calls use it, and all of them would pass without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ministack.core import iam_evaluator

from audits.implied import Implied, implied
from audits.records import Check, Record
from audits.roles import Part, Permission, Role, Statement, denials, parts, without

Status = Literal["proven", "implied", "unused", "unnoticed"]


@dataclass(frozen=True)
class Evidence:
    """Calls of one record (or one test of it) that use a permission: how many, and how many are denied without it."""

    where: str
    used: int
    denied: int


@dataclass(frozen=True)
class Finding:
    """What is known of one permission. ``resources``: the names it has in the roles, one for each role."""

    permission: Permission
    resources: tuple[str, ...]
    status: Status
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """Findings for all permissions; ``unexplained`` are recorded checks that no role of their record allows."""

    findings: tuple[Finding, ...]
    unexplained: tuple[str, ...]
    records: tuple[str, ...]
    silent: Mapping[str, tuple[str, ...]]
    """Record to the steps that made no call in it."""

    def of(self, *statuses: Status) -> list[Finding]:
        """Return the findings with one of these statuses."""
        return [finding for finding in self.findings if finding.status in statuses]

    @property
    def holds(self) -> bool:
        """Whether nothing is granted and unused, and nothing can be taken away unnoticed."""
        return not self.unexplained and not self.of("unused", "unnoticed")


@dataclass
class _Known:
    """What is gathered about one permission."""

    part: Part
    resources: set[str] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)


def judge(records: Sequence[Record]) -> Verdict:
    """Look at every permission of every role in the records."""
    known: dict[Permission, _Known] = {}
    unexplained: list[str] = []
    for record in records:
        for role in record.roles:
            mine = {check: count for check, count in record.checks.items() if check.role == role.name}
            unexplained += [_sentence(record, check) for check in mine if not allows(role.statements, check)]
            _gather(record, role, mine, known)
        unexplained += _strangers(record)
    return Verdict(
        findings=_findings(known),
        unexplained=tuple(sorted(set(unexplained))),
        records=tuple(dict.fromkeys(record.name for record in records)),
        silent=_silent(records),
    )


def allows(statements: Iterable[Statement], check: Check) -> bool:
    """Ask the evaluator of the rehearsal, as it is asked there."""
    document: dict[str, Any] = {"Statement": [statement.as_policy() for statement in statements]}
    question = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts:::assumed-role/{check.role}/proof",
        principal_type="AssumedRole",
        principal_account="",
        action=check.action,
        resource_arn=check.resource,
        region="",
        service_context={name.lower(): value for name, value in check.context().items()},
    )
    answer = iam_evaluator.evaluate(question, [iam_evaluator.parse_policy_document(document)])
    return bool(answer.decision == "Allow")


def _gather(record: Record, role: Role, checks: Mapping[Check, int], known: dict[Permission, _Known]) -> None:
    for permission, part in parts(role).items():
        about = known.setdefault(permission, _Known(part))
        about.resources.add(part.resource)
        users = {check: n for check, n in checks.items() if allows((part.alone(), *denials(role)), check)}
        rest = without(role, part)
        tally: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for check, count in users.items():
            numbers = tally[check.test or record.name]
            numbers[0] += count
            numbers[1] += count * (not allows(rest, check))
        about.evidence += [Evidence(where, used, denied) for where, (used, denied) in tally.items()]


def _findings(known: Mapping[Permission, _Known]) -> tuple[Finding, ...]:
    used = {(p.process, p.step, p.action.split(":")[0]) for p, about in known.items() if about.evidence}
    return tuple(_finding(permission, known[permission], used) for permission in sorted(known))


def _finding(permission: Permission, about: _Known, used: set[tuple[str, str, str]]) -> Finding:
    resources, evidence = tuple(sorted(about.resources)), tuple(about.evidence)
    if evidence:
        status: Status = "proven" if any(one.denied for one in evidence) else "unnoticed"
        return Finding(permission, resources, status, evidence)
    hidden = implied(about.part)
    if hidden is not None and _is_needed(permission, hidden, used):
        return Finding(permission, resources, "implied", reason=hidden.reason)
    return Finding(permission, resources, "unused")


def _is_needed(permission: Permission, hidden: Implied, used: set[tuple[str, str, str]]) -> bool:
    """A key is needed by a step that calls the service behind it; a queue is filled by AWS Lambda itself."""
    return hidden.needs in ("", "sqs") or (permission.process, permission.step, hidden.needs) in used


def _strangers(record: Record) -> list[str]:
    """A call of a step in the name of a role nobody knows would show nothing; say so instead of passing over it."""
    names = {role.name for role in record.roles}
    return [_sentence(record, check) for check in record.checks if check.test and check.role not in names]


def _silent(records: Sequence[Record]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for record in records:
        heard = {check.role for check in record.checks}
        spoken = {f"{role.process}.{role.step}" for role in record.roles if role.name in heard}
        everyone = {f"{role.process}.{role.step}" for role in record.roles if role.statements}
        found[record.name] = found.get(record.name, everyone) - spoken
    return {name: tuple(sorted(steps)) for name, steps in found.items()}


def _sentence(record: Record, check: Check) -> str:
    return f"{record.name}: {check.role} was allowed {check.action} on {check.resource}, and no template says so"
