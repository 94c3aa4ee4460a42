"""Scope of a rotation: which logins, cache tokens and issued keys were asked for."""

from __future__ import annotations

import msgspec

from lyo_dr.errors import BadSignal, RotationRefused
from lyo_dr.model.cache import TokenPlace
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import Plan
from lyo_dr.model.rotation import HOLDER, Rotation, RotationRequest


class RotationScope(msgspec.Struct, frozen=True, kw_only=True):
    """Names of the secrets whose login changes, of the caches whose token does, and of the keys to be issued."""

    logins: list[str]
    caches: list[str]
    keys: list[KeyName]
    by_hand: list[KeyName]

    def tokens(self, regions: list[str]) -> list[TokenPlace]:
        """Every cache in each of these regions."""
        return [TokenPlace(cache, region) for region in regions for cache in self.caches]

    def __str__(self) -> str:
        return ", ".join([*self.logins, *(f"the token of {cache}" for cache in self.caches), *map(str, self.keys)])


def choose_scope(plan: Plan, order: RotationRequest) -> RotationScope:
    """What is named; everything the plan can rotate, when nothing is. Raises BadSignal and RotationRefused."""
    chosen, keys = _secrets(plan, order), _keys(plan, order)
    return RotationScope(
        logins=[secret.name for secret in plan.rotatable() if secret.name in chosen],
        caches=[cache.name for cache in plan.caches if cache.secret in chosen],
        keys=keys,
        by_hand=[] if order.secrets or order.keys else plan.by_hand(),
    )


def left_as_they_are(plan: Plan, rotation: Rotation) -> list[KeyName]:
    """Keys of the rotated secrets that were not asked for: neither rotated, nor requested, nor outstanding by it."""
    caches = [plan.cache(place.cache) for place in rotation.tokens]
    touched = {*rotation.secrets, *(cache.secret for cache in caches)}
    changed = {key for name in rotation.secrets for key in plan.login_keys(plan.secret(name))}
    changed |= {KeyName(cache.secret, cache.key) for cache in caches} | {*rotation.keys, *rotation.by_hand}
    found = [KeyName(secret.name, key) for secret in plan.secrets for key in secret.keys if secret.name in touched]
    return [name for name in found if name not in changed]


def left_out(plan: Plan, order: RotationRequest) -> str:
    """Mention logins that cannot be rotated when everything was requested."""
    if order.secrets or order.keys:
        return ""
    if not plan.with_logins():
        return "; no secret of the plan names a database login"
    return "".join(f"; {name} is left out: {why}" for name, why in plan.not_rotatable().items())


def nothing_to_rotate(plan: Plan) -> str:
    """Why no secret can be rotated, where none can."""
    found = [f"{name}: {why}" for name, why in plan.not_rotatable().items()]
    return "; ".join(found) or "none holds a database login; name its keys under secrets[].logins"


def rotation_name(execution: str) -> str:
    """Id of the rotation that an execution carries out, and holder of its lease."""
    return f"{HOLDER}{execution}"


def _secrets(plan: Plan, order: RotationRequest) -> list[str]:
    possible = plan.renewable()
    unknown = [name for name in order.secrets if name not in possible]
    if unknown:
        why = "".join(f" ({plan.not_rotatable()[name]})" for name in unknown[:1] if name in plan.not_rotatable())
        raise BadSignal(f"{', '.join(unknown)} cannot be rotated{why}; choose from {', '.join(possible) or 'none'}")
    if order.keys and not order.secrets:
        return []
    if not possible and not plan.issued():
        raise RotationRefused(f"no secret of the plan can be rotated: {nothing_to_rotate(plan)}")
    return order.secrets or possible


def _keys(plan: Plan, order: RotationRequest) -> list[KeyName]:
    """Those that are named; all of them, when nothing is named at all."""
    possible = list(plan.issued())
    unknown = [str(name) for name in order.keys if name not in possible]
    if unknown:
        raise BadSignal(
            f"{', '.join(unknown)} is not a manually issued key; choose from {', '.join(map(str, possible)) or 'none'}"
        )
    return order.keys if order.keys or order.secrets else possible
