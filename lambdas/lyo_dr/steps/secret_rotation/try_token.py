"""TryToken: what does this region's cache say to the token in one version? One secret and one socket, nothing else."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.redis import try_token
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.rotation import LoginTry
from lyo_dr.services.rotation.cache_tokens import url_in


class Request(msgspec.Struct, frozen=True):
    """Ids only: the function reads the version itself, the current one for an empty id."""

    cache: str
    version: str = ""


@step("TryToken", Request)
def handler(request: Request, ctx: StepContext) -> LoginTry:
    """At the address that stands in the version, as the application would."""
    address = url_in(ctx.plan, ctx.plan.cache(request.cache), ctx.region, request.version)
    return try_token(address, ctx.plan.timing.call_timeout.total_seconds())
