"""Secrets Manager in memory: versions and their labels, as PutSecretValue and UpdateSecretVersionStage move them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.unit.aws import refusal

_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


@dataclass
class Secret:
    """The text of each version, and the version of each label."""

    versions: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def move(self, label: str, to: str | None) -> None:
        """Put a label on a version; with AWSCURRENT, AWSPREVIOUS moves to the one that had it."""
        before = self.labels.pop(label, None)
        if to is not None:
            self.labels[label] = to
        if label == _CURRENT and before not in (None, to):
            self.labels[_PREVIOUS] = str(before)


@dataclass
class Secrets:
    """Every secret of both regions."""

    found: dict[tuple[str, str], Secret] = field(default_factory=dict)

    def answer(self, region: str, operation: str, asked: dict[str, Any]) -> Any:
        """What Secrets Manager would answer. Raises ClientError."""
        if operation == "CreateSecret":
            secret = self.found[region, asked["Name"]] = Secret()
            return self._put(secret, {"SecretString": asked["SecretString"]})
        if (region, asked["SecretId"]) not in self.found:
            raise refusal("ResourceNotFoundException")
        secret = self.found[region, asked["SecretId"]]
        writing = {"PutSecretValue": self._put, "UpdateSecretVersionStage": self._move}.get(operation)
        return writing(secret, asked) if writing else self._read(secret, operation, asked)

    def _read(self, secret: Secret, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "GetSecretValue":
            version = asked.get("VersionId") or secret.labels.get(asked.get("VersionStage", _CURRENT))
            if version not in secret.versions:
                raise refusal("ResourceNotFoundException")
            return {"SecretString": secret.versions[version], "VersionId": version}
        stages = {version: self._labels_of(secret, version) for version in secret.versions}
        if operation == "ListSecretVersionIds":
            return {"Versions": [{"VersionId": version, "VersionStages": names} for version, names in stages.items()]}
        assert operation == "DescribeSecret", f"Secrets Manager in memory does not know {operation}"
        return {"VersionIdsToStages": {version: names for version, names in stages.items() if names}}

    def state(self) -> dict[str, Any]:
        """The text under each label; a version without one is on its way out."""
        return {
            f"{name}@{region}": {label: secret.versions[version] for label, version in secret.labels.items()}
            for (region, name), secret in self.found.items()
        }

    @staticmethod
    def _put(secret: Secret, asked: dict[str, Any]) -> dict[str, Any]:
        token = asked.get("ClientRequestToken") or f"version-{len(secret.versions) + 1:032}"
        if secret.versions.setdefault(token, asked["SecretString"]) != asked["SecretString"]:
            raise refusal("ResourceExistsException")
        for label in asked.get("VersionStages", [_CURRENT]):
            secret.move(label, token)
        return {"VersionId": token}

    @staticmethod
    def _move(secret: Secret, asked: dict[str, Any]) -> dict[str, Any]:
        label, to = asked["VersionStage"], asked.get("MoveToVersionId")
        if secret.labels.get(label) not in (asked.get("RemoveFromVersionId"), to):
            raise refusal("InvalidParameterException")
        secret.move(label, to)
        return {}

    @staticmethod
    def _labels_of(secret: Secret, version: str) -> list[str]:
        return [label for label, of in secret.labels.items() if of == version]
