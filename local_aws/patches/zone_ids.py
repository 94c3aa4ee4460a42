"""A hosted zone can exist under the id that the plan names.

AWS chooses the id of a zone, and so does the emulator. The customer's zone was there before us, though, and its id is
in the plan: a zone created with the caller reference ``id:<id>`` gets that id. Nothing else is changed.
"""

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import route53

from local_aws.patch_context import PatchContext

REQUIRES = tuple(f"ministack.services.route53:{name}" for name in ("_create_hosted_zone", "_zone_id"))

_WANTED = re.compile(rb"<CallerReference>id:(Z[A-Z0-9]+)</CallerReference>")
_wanted: ContextVar[str | None] = ContextVar("wanted_zone_id", default=None)


def apply(_world: PatchContext) -> None:
    """Take the id out of the caller reference."""
    route53._create_hosted_zone = _with_id(route53._create_hosted_zone)
    chosen = route53._zone_id
    route53._zone_id = lambda: _wanted.get() or chosen()


def _with_id(create: Callable[[bytes, Any], Any]) -> Callable[[bytes, Any], Any]:
    def create_with_id(body: bytes, query: Any) -> Any:
        found = _WANTED.search(body)
        token = _wanted.set(found[1].decode() if found else None)
        try:
            return create(body, query)
        finally:
            _wanted.reset(token)

    return create_with_id
