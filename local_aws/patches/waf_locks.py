"""A lock token that is no longer current.

Upstream compares the lock token of a web ACL, but lets IP sets and rule groups be changed and deleted with any token,
so that two writers silently overwrite each other. AWS refuses a stale token with ``WAFOptimisticLockException`` for all
of them (API reference of WAFv2, UpdateIPSet and the others).
"""

from collections.abc import Callable
from typing import Any

from ministack.services import waf

from local_aws.patch_context import PatchContext

_KINDS = {
    "_update_ip_set": "_ip_sets",
    "_delete_ip_set": "_ip_sets",
    "_update_rule_group": "_rule_groups",
    "_delete_rule_group": "_rule_groups",
}

REQUIRES = tuple(
    f"ministack.services.waf:{name}"
    for name in (*_KINDS, "_ip_sets", "_rule_groups", "_resource_from_scope", "_waf_err")
)

_STALE = (
    "AWS WAF couldn't save your changes because someone changed the resource after you started to edit it. "
    "Reapply your changes."
)


def apply(_world: PatchContext) -> None:
    """Compare the token before anything is changed."""
    for operation, store in _KINDS.items():
        setattr(waf, operation, _with_lock(getattr(waf, operation), store))


def _with_lock(change: Callable[[dict[str, Any]], Any], store: str) -> Callable[[dict[str, Any]], Any]:
    def change_if_current(data: dict[str, Any]) -> Any:
        found = waf._resource_from_scope(getattr(waf, store), data.get("Id", ""), data.get("Scope", "REGIONAL"))
        if found and data.get("LockToken") != found["LockToken"]:
            return waf._waf_err("WAFOptimisticLockException", _STALE)
        return change(data)

    return change_if_current
