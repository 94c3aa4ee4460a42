"""The roles of the steps, read from the synthesised templates, and the single permissions they consist of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

_STEPS = "lyo_dr.steps."


@dataclass(frozen=True)
class Statement:
    """One statement of a policy. A resource that AWS names only when it is deployed is ``<reference>``."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Any] = field(default_factory=dict)

    def as_policy(self) -> dict[str, Any]:
        """Return the statement as IAM writes it."""
        return {
            "Effect": self.effect,
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": dict(self.conditions),
        }


@dataclass(frozen=True)
class Role:
    """The role of one step in one region."""

    name: str
    process: str
    step: str
    region: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, order=True)
class Permission:
    """One action of one step on the ``place``-th resource it is granted on, counted from 0.

    The roles of both regions, and those of several plans, grant the same on resources of other names: their
    permissions are equal.
    """

    process: str
    step: str
    action: str
    place: int


@dataclass(frozen=True)
class Part:
    """Where a permission stands in a role."""

    statement: Statement
    action: str
    resource: str

    def alone(self) -> Statement:
        """Return a statement that grants nothing else."""
        return replace(self.statement, actions=(self.action,), resources=(self.resource,))


def parts(role: Role) -> dict[Permission, Part]:
    """Return everything the role grants, one by one."""
    found: dict[Permission, Part] = {}
    places: Counter[str] = Counter()
    for statement in role.statements:
        if statement.effect == "Allow":
            for action, resource in _pairs(statement):
                found[Permission(role.process, role.step, action, places[action])] = Part(statement, action, resource)
                places[action] += 1
    return found


def without(role: Role, part: Part) -> tuple[Statement, ...]:
    """Return the statements of the role after this one action on this one resource was taken away."""
    kept: list[Statement] = []
    for statement in role.statements:
        if statement is part.statement:
            kept += _rest(statement, part)
        else:
            kept.append(statement)
    return tuple(kept)


def denials(role: Role) -> tuple[Statement, ...]:
    """Return what the role forbids."""
    return tuple(statement for statement in role.statements if statement.effect == "Deny")


def read_roles(assembly: Path) -> list[Role]:
    """Return the roles of all steps in an assembly of templates."""
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    found: list[Role] = []
    for artifact in artifacts.values():
        if artifact["type"] == "aws:cloudformation:stack":
            template = json.loads((assembly / artifact["properties"]["templateFile"]).read_text(encoding="utf-8"))
            found += roles_of(template, region=artifact["environment"].rsplit("/", 1)[-1])
    return found


def roles_of(template: Mapping[str, Any], region: str) -> list[Role]:
    """Return the roles of the steps in one template."""
    resources = template["Resources"]
    functions = [body["Properties"] for body in resources.values() if body["Type"] == "AWS::Lambda::Function"]
    return [
        _role(function, resources[function["Role"]["Fn::GetAtt"][0]]["Properties"], region)
        for function in functions
        if str(function.get("Handler", "")).startswith(_STEPS)
    ]


def _role(function: Mapping[str, Any], role: Mapping[str, Any], region: str) -> Role:
    return Role(
        name=role["RoleName"],
        process=function["Handler"].removeprefix(_STEPS).split(".")[0],
        step=function["Environment"]["Variables"]["AWS_SDK_UA_APP_ID"],
        region=region,
        statements=tuple(_statements(role.get("Policies", []))),
    )


def _statements(policies: Sequence[Mapping[str, Any]]) -> Iterator[Statement]:
    for policy in policies:
        for raw in policy["PolicyDocument"]["Statement"]:
            yield Statement(
                effect=raw["Effect"],
                actions=tuple(_listed(raw["Action"])),
                resources=tuple(_text(resource) for resource in _listed(raw["Resource"])),
                conditions=raw.get("Condition", {}),
            )


def _pairs(statement: Statement) -> Iterator[tuple[str, str]]:
    for action in statement.actions:
        for resource in statement.resources:
            yield action, resource


def _rest(statement: Statement, part: Part) -> Iterator[Statement]:
    actions = tuple(action for action in statement.actions if action != part.action)
    resources = tuple(resource for resource in statement.resources if resource != part.resource)
    if actions:
        yield replace(statement, actions=actions)
    if resources:
        yield replace(statement, actions=(part.action,), resources=resources)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(resource: Any) -> str:
    return resource if isinstance(resource, str) else "<reference>"
