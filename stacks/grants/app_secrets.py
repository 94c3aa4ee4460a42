"""ARNs of the application's secrets, each under the name it has in its region."""

from __future__ import annotations

from collections.abc import Iterable

from lyo_dr.model.plan import Secret
from lyo_dr.model.resource_names import ResourceNames


def arns_of(secrets: Iterable[Secret], names: ResourceNames) -> tuple[str, ...]:
    """In the region of ``names``. AWS appends six random characters to the ARN of a secret."""
    return tuple(arn_of(secret.name_in(names.region), names) for secret in secrets)


def arn_of(name: str, names: ResourceNames) -> str:
    """The pattern that fits a secret of this name, and no other."""
    return names.arn("secretsmanager", f"secret:{name}-??????")
