"""A vocabulary for looking at synthesised templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Resource:
    """One resource of one stack."""

    stack: str
    logical: str
    kind: str
    properties: dict[str, Any]
    deletion: str | None

    @property
    def where(self) -> str:
        """For the message of a failed assertion."""
        return f"{self.stack}/{self.logical}"


@dataclass(frozen=True)
class Stack:
    """One template and where it goes."""

    name: str
    region: str
    template: dict[str, Any]
    path: Path

    def resources(self, kind: str | None = None) -> list[Resource]:
        """The resources of this type; without one, all."""
        return [
            Resource(self.name, logical, body["Type"], body.get("Properties", {}), body.get("DeletionPolicy"))
            for logical, body in self.template["Resources"].items()
            if kind in (None, body["Type"])
        ]

    def one(self, kind: str, **properties: Any) -> Resource:
        """The only resource of this type with these properties."""
        found = [
            resource
            for resource in self.resources(kind)
            if all(resource.properties.get(name) == value for name, value in properties.items())
        ]
        assert len(found) == 1, f"{self.name} has {len(found)} of {kind} with {properties}"
        return found[0]

    def text(self, value: Any) -> str:
        """A value of the template as one string: references become the ARNs or names CloudFormation would put in."""
        if not isinstance(value, dict):
            return str(value)
        ((function, argument),) = value.items()
        return str(getattr(self, _METHODS[function])(argument))

    def _ref(self, logical: str) -> str:
        """``Ref``: a name or an ARN, as each type has it. Only what these templates use."""
        resource = self.template["Resources"].get(logical)
        if resource is None:
            return f"<{logical}>"
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Lambda::Version":
            return f"{self.function_arn(self._ref(properties['FunctionName']['Ref']))}:1"
        if resource["Type"] == "AWS::Lambda::Function":
            return str(properties["FunctionName"])
        if resource["Type"] == "AWS::SecretsManager::Secret":
            return f"{self._arn('secretsmanager')}:secret:{properties['Name']}-AbCdEf"
        return f"<{logical}>"

    def _attribute(self, argument: list[str]) -> str:
        return f"<{argument[0]}.{argument[1]}>"

    def _join(self, argument: list[Any]) -> str:
        return str(argument[0]).join(self.text(part) for part in argument[1])

    def _import(self, argument: Any) -> str:
        return f"<import {argument}>"

    def function_arn(self, name: str) -> str:
        """ARN of a function of this stack's region."""
        return f"{self._arn('lambda')}:function:{name}"

    def _arn(self, service: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}"


_METHODS = {"Ref": "_ref", "Fn::GetAtt": "_attribute", "Fn::Join": "_join", "Fn::ImportValue": "_import"}

ACCOUNT = "123456789012"


def read_assembly(folder: Path) -> dict[str, Stack]:
    """Every stack of an assembly by name."""
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    return {
        name: _stack(name, artifact, folder)
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }


def _stack(name: str, artifact: dict[str, Any], folder: Path) -> Stack:
    path = folder / artifact["properties"]["templateFile"]
    region = artifact["environment"].rsplit("/", 1)[-1]
    return Stack(name, region, json.loads(path.read_text()), path)


def everything(stacks: dict[str, Stack], kind: str | None = None) -> list[Resource]:
    """The resources of this type in all stacks; without one, all."""
    return [resource for stack in stacks.values() for resource in stack.resources(kind)]


def statements(role: Resource) -> list[dict[str, Any]]:
    """Every statement of a role's policies."""
    policies = role.properties.get("Policies", [])
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    """A policy writes one thing alone and several as a list."""
    return value if isinstance(value, list) else [value]


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key and its value, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)
