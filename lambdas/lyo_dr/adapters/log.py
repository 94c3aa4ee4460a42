"""Structured logs: the same sentence that goes to the timeline, with the incident as correlation id."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

_LOGGER = Logger()


def say(sentence: str, **fields: Any) -> None:
    """Log one sentence. ``fields`` are ids and small values; never a secret, never a payload."""
    _LOGGER.info(sentence, extra=fields)


def warn(sentence: str, **fields: Any) -> None:
    """Log one sentence as a warning."""
    _LOGGER.warning(sentence, extra=fields)
