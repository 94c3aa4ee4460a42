"""EndCacheSessions: close all connections to this region's cache, so that clients must AUTH again."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.redis import end_sessions
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.cache import SessionsEnded
from lyo_dr.services.rotation.cache_tokens import url_in


class Request(msgspec.Struct, frozen=True):
    """The cache, and its nodes as ElastiCache names them (host:port); none: the address in the secret."""

    cache: str
    nodes: list[str] = []


@step("EndCacheSessions", Request)
def handler(request: Request, ctx: StepContext) -> SessionsEnded:
    """At every node: clients may be connected to a replica. Uses the current token."""
    address = url_in(ctx.plan, ctx.plan.cache(request.cache), ctx.region, "")
    places = [node.rpartition(":") for node in request.nodes]
    addresses = [msgspec.structs.replace(address, host=host, port=int(port)) for host, _, port in places]
    seconds = ctx.plan.timing.call_timeout.total_seconds()
    return SessionsEnded(ended=sum(end_sessions(each, seconds) for each in addresses or [address]))
