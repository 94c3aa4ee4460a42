"""What a company asks of every stack: limits of AWS between the parts of it."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules.causes import reads

_MOST_TAGS = 50
"""AWS General Reference, "Tagging your AWS resources"; tags that begin with aws: are not counted."""
_LONGEST_PATH = 512
_ALSO = "us-east-1"
"""Detection has a topic there, where several services are watched."""


@reads("deployment.tags")
def tags(plan: Plan) -> Iterator[str]:
    """IAM does not tell upper case from lower in the keys of tags, and would refuse the second of two."""
    found = list(plan.deployment.tags)
    if len(found) > _MOST_TAGS:
        yield f"deployment.tags: {len(found)}; AWS takes {_MOST_TAGS} on a resource, leave some out"
    lower = [key.lower() for key in found]
    for key in found:
        if lower.count(key.lower()) > 1 and found[lower.index(key.lower())] != key:
            yield f"deployment.tags.{key}: IAM takes it for {found[lower.index(key.lower())]!r}; leave one of them out"


@reads("deployment.role_path")
def role_path(plan: Plan) -> Iterator[str]:
    """The path of a role has a longest length of its own."""
    if (length := len(plan.deployment.role_path)) > _LONGEST_PATH:
        yield f"deployment.role_path: {length} characters; IAM takes {_LONGEST_PATH}, write a shorter one"


@reads("deployment.permissions_boundary", "account")
def boundary(plan: Plan) -> Iterator[str]:
    """IAM takes as a boundary a managed policy of the account of the role, or one of AWS."""
    given = plan.deployment.permissions_boundary
    if given is not None and (account := given.split(":")[4]) not in ("aws", plan.account):
        yield (
            f"deployment.permissions_boundary: a policy of account {account}, and IAM takes one of the role's own; "
            f"write arn:aws:iam::{plan.account}:policy/..."
        )


@reads("deployment.keys", "deployment.secret_keys", "regions")
def keys(plan: Plan) -> Iterator[str]:
    """A key is used in its own region, and each region of the pair has one, or none has."""
    pair = plan.regions.pair
    given = plan.deployment.keys
    for region in sorted(set(given) - {*pair, _ALSO}):
        yield f"deployment.keys.{region}: nothing is encrypted there; write {' or '.join(pair)}, or {_ALSO}"
    if missing := [region for region in pair if given and region not in given]:
        yield f"deployment.keys: none for {' and '.join(missing)}; name one for both regions, or leave keys out"
    for region in sorted(set(plan.deployment.secret_keys) - set(pair)):
        yield f"deployment.secret_keys.{region}: no secret is read there; write {' or '.join(pair)}"
    for path, region, key in _all(plan):
        if (lies := key.split(":")[3]) != region:
            yield f"{path}: the key is in {lies}; name one in {region}, for KMS keys stay in their region"


def _all(plan: Plan) -> Iterator[tuple[str, str, str]]:
    for region, key in plan.deployment.keys.items():
        yield f"deployment.keys.{region}", region, key
    for region, several in plan.deployment.secret_keys.items():
        for index, key in enumerate(several):
            yield f"deployment.secret_keys.{region}[{index}]", region, key
