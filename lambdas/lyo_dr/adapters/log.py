"""Structured logs: the same sentence that goes to the timeline, with the incident as correlation id."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

_LOGGER = Logger()


def invocation(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Put function, request id and cold start on every line of a call, and nothing of the call before it.

    The event is never logged, whatever the environment says: it may quote what a person or an intruder wrote.
    A test calls without a context, and its lines carry none.
    """
    injected = _LOGGER.inject_lambda_context(handler, log_event=False, clear_state=True)

    @functools.wraps(handler)
    def logged(event: dict[str, Any], context: object = None, /) -> Any:
        if context is None:
            _LOGGER.clear_state()
            return handler(event)
        return injected(event, context)

    return logged


def correlate(work: str, execution: str) -> None:
    """From here on every line of this call carries the incident or rotation, and the execution it belongs to."""
    _LOGGER.set_correlation_id(work)
    _LOGGER.append_keys(execution=execution)


def say(sentence: str, **fields: Any) -> None:
    """Log one sentence. ``fields`` are ids and small values; never a secret, never a payload."""
    _LOGGER.info(sentence, extra=fields, stacklevel=3)


def warn(sentence: str, **fields: Any) -> None:
    """Log one sentence as a warning."""
    _LOGGER.warning(sentence, extra=fields, stacklevel=3)
