"""Keys of the customer that secrets are encrypted with: whoever may read or write such a secret may use its key."""

from __future__ import annotations

from collections.abc import Iterable

from lyo_dr.model.plan import Plan
from stacks.grants.grant import Grant

_DECRYPTS = frozenset({"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"})
_ENCRYPTS = frozenset({"secretsmanager:PutSecretValue"})


def use(plan: Plan, grants: Iterable[Grant]) -> list[Grant]:
    """One statement for each region of the secrets in ``grants``, and for reading and writing; none without such keys.

    Secrets Manager asks the key in the caller's name, with the ARN of the secret as encryption context; to write, it
    needs a data key and decrypts it (Secrets Manager user guide, "Secret encryption and decryption").
    """
    read = _secrets(grants, _DECRYPTS)
    written = _secrets(grants, _ENCRYPTS)
    found = [("kms:Decrypt", secret) for secret in read] + [("kms:GenerateDataKey", secret) for secret in written]
    return [
        _grant(action, region, tuple(keys), [secret for each, secret in found if each == action])
        for region, keys in plan.deployment.secret_keys.items()
        for action in ("kms:Decrypt", "kms:GenerateDataKey")
        if keys and any(each == action and _region(secret) == region for each, secret in found)
    ]


def _grant(action: str, region: str, keys: tuple[str, ...], secrets: Iterable[str]) -> Grant:
    return Grant(
        (action,),
        keys,
        "the secrets are encrypted with keys of the plan; only for these secrets, and only through Secrets Manager",
        {
            "StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:SecretARN": [each for each in secrets if _region(each) == region]},
        },
    )


def _secrets(grants: Iterable[Grant], actions: frozenset[str]) -> list[str]:
    return list(dict.fromkeys(each for grant in grants if actions & {*grant.actions} for each in grant.resources))


def _region(arn: str) -> str:
    return arn.split(":")[3]
