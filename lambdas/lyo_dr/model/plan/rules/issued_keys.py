"""Keys only their issuer can change: a key must never be sent to anybody but its issuer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lyo_dr.model.issuer import KEY
from lyo_dr.model.near import one_of
from lyo_dr.model.plan import IssuedKey, KeyTest, Plan, Secret
from lyo_dr.model.plan.shape.twice import twice
from lyo_dr.model.plan.shape.web_address import shown, split

_HEADER = re.compile(r"[A-Za-z0-9-]+: [ -~]*\{key\}[ -~]*")


def rules(plan: Plan) -> Iterator[str]:
    """Where they are, how a person replaces them, and how they are tested."""
    for index, secret in enumerate(plan.secrets):
        names = [each.key for each in secret.issued]
        for name in twice(names):
            yield f"secrets[{index}].issued: the key {name!r} is named twice; name it once"
        for number, each in enumerate(secret.issued):
            path = f"secrets[{index}].issued[{number}]"
            yield from _key(path, plan, secret, each)
            yield from _test(f"{path}.test", each.test)


def _key(path: str, plan: Plan, secret: Secret, each: IssuedKey) -> Iterator[str]:
    if each.key in {key for login in plan.logins_of(secret) for key in login.needed_keys()}:
        yield f"{path}.key: {each.key} is rotated by us; name a key that only its issuer can change"
    elif each.key not in secret.keys:
        yield f"{path}.key: {each.key!r} is not among the keys of {secret.name!r}; {one_of(each.key, secret.keys)}"
    for field in ("issuer", "create", "revoke"):
        if not getattr(each, field).strip():
            yield f"{path}.{field}: empty; a person has to know where to go and what to do"


def _test(path: str, test: KeyTest) -> Iterator[str]:
    address = split(test.url)
    local = address is not None and address.scheme == "http" and address.hostname == "127.0.0.1"
    if address is None or not address.hostname or not (address.scheme == "https" or local):
        yield f"{path}.url: {shown(test.url)} would show the key to others; write an address that begins with https://"
    if KEY in test.url:
        yield f"{path}.url: a key in an address ends up in logs; put {KEY} into the header"
    if not _HEADER.fullmatch(test.header) or test.header.count(KEY) != 1:
        yield f"{path}.header: {test.header!r} is no header with the key in it; write Authorization: Bearer {KEY}"
    both = sorted(set(test.accepted) & set(test.refused))
    if both or not test.accepted or not test.refused:
        yield f"{path}: accepted and refused need statuses of their own, such as [200] and [401, 403]"
