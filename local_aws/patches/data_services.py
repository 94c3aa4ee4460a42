"""RDS, ElastiCache, Secrets Manager, ECS and autoscaling are served by the data host.

Upstream answers them from tables: no database streams, no cache knows a token, no secret is replicated or
rotated, no task runs, and Application Auto Scaling does not exist at all. Here they are forwarded, after upstream's own
check of signature and policies, to the process in which they are real.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.core import iam_actions, router

from local_aws.gateway.data_plane import SERVICES, DataHostClient, DataHostError
from local_aws.gateway.error_replies import error_reply
from local_aws.gateway.request import Call
from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.app:SERVICE_HANDLERS",
    "ministack.core.router:SERVICE_PATTERNS",
    "ministack.core.iam_actions:SERVICE_TO_IAM_NAMESPACE",
)

# The data host runs functions too, and through the gateway: a header says where that is.
ENDPOINT_HEADER = "x-local-aws-endpoint"

_AUTOSCALING = "application-autoscaling"

Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[tuple[int, dict[str, str], bytes]]]


def apply(context: PatchContext) -> None:
    """Make autoscaling known and forward the five services."""
    router.SERVICE_PATTERNS[_AUTOSCALING] = {"target_prefixes": ["AnyScaleFrontendService"]}
    iam_actions.SERVICE_TO_IAM_NAMESPACE[_AUTOSCALING] = _AUTOSCALING
    for service in SERVICES:
        app.SERVICE_HANDLERS[service] = _forwarder(service, context.data_host, context.settings.endpoint)


def _forwarder(service: str, host: DataHostClient | None, endpoint: str) -> Handler:
    async def forward(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> tuple[int, dict[str, str], bytes]:
        if host is None:
            return _unavailable(service, headers, f"{service} is served by the data host, and there is none")
        try:
            sent = {**headers, ENDPOINT_HEADER: endpoint}
            return await asyncio.to_thread(host.forward, method, path, sent, body, query)
        except DataHostError as error:
            return _unavailable(service, headers, str(error))

    return forward


def _unavailable(service: str, headers: dict[str, str], message: str) -> tuple[int, dict[str, str], bytes]:
    reply = error_reply(Call(service=service), headers, 503, "ServiceUnavailable", message)
    return reply.status, reply.headers, reply.body
