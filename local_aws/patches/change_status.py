"""A change of Route 53 is PENDING for as long as it spreads.

Upstream calls a change PENDING when it is first asked for, however late, and INSYNC from then on, however soon. AWS
calls it PENDING until all of its DNS servers know it, usually within a minute, and INSYNC afterwards, asked or not.
Here it spreads for that minute, divided by the clock factor. What the DNS answers changes at once: see
docs/local-aws.md.
"""

import time
from collections.abc import Callable
from typing import Any

from ministack.services import route53

from local_aws.patch_context import PatchContext

REQUIRES = tuple(f"ministack.services.route53:{name}" for name in ("_new_change", "_get_change", "_changes"))

PROPAGATION_SECONDS = 60.0
"""How long AWS says a change generally takes to reach all of its name servers (API reference of Route 53)."""

_SPREADS_UNTIL = "spreads_until"


def apply(context: PatchContext) -> None:
    """Decide by the clock what a change is called."""
    route53._new_change = _timed(route53._new_change, PROPAGATION_SECONDS / context.settings.clock)
    route53._get_change = _by_time(route53._get_change)


def _timed(make: Callable[..., dict[str, Any]], lasts: float) -> Callable[..., dict[str, Any]]:
    def make_timed(comment: str = "") -> dict[str, Any]:
        change = make(comment)
        change[_SPREADS_UNTIL] = time.time() + lasts
        return change

    return make_timed


def _by_time(get: Callable[[str], Any]) -> Callable[[str], Any]:
    def get_by_time(change_id: str) -> Any:
        change = route53._changes.get(change_id)
        if change:
            change["status"] = "PENDING" if time.time() < change.get(_SPREADS_UNTIL, 0.0) else "INSYNC"
        return get(change_id)

    return get_by_time
