"""Functions started by events are tried again.

Upstream runs a function that is the target of a rule once and forgets its failure. On AWS such a start is an
asynchronous invocation: it is retried twice and then handed to the failure destination.
"""

import json

from ministack.services import eventbridge, lambda_svc

from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.eventbridge:_dispatch_to_lambda",
    "ministack.services.lambda_svc:invoke_async_with_retry",
    "ministack.services.lambda_svc:_get_func_record_for_ref",
    "ministack.services.lambda_svc:_execution_record_for_config",
    "ministack.services.lambda_svc:_event_invoke_config",
    "ministack.services.lambda_svc:_functions",
)


def apply(_world: PatchContext) -> None:
    """Start the functions of rules through the asynchronous path."""
    eventbridge._dispatch_to_lambda = _dispatch


def _dispatch(arn: str, payload: str) -> None:
    function, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        return
    record = lambda_svc._execution_record_for_config(function, config)
    # How often to retry is kept with the function, not with the version that runs.
    policy = lambda_svc._event_invoke_config(lambda_svc._functions.get(name) or function, _qualifier(arn))
    lambda_svc.invoke_async_with_retry({**record, "event_invoke_config": policy}, json.loads(payload))


def _qualifier(arn: str) -> str | None:
    return ":".join(arn.split(":")[7:]) or None
