"""An API that does not answer: when the timeline hears of it, and when waiting for it has an end."""

from __future__ import annotations

from lyo_dr.model.attempt import Attempt
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize

_HICCUPS = 3
"""Retries within about seven seconds, which AWS's own guidance calls ordinary; the timeline is spared them."""


def is_outage(attempt: Attempt) -> bool:
    """Whether the tries that failed are more than a hiccup."""
    return attempt.retries >= _HICCUPS


def waits(step: str, silence: str, deadline: Deadline) -> str:
    """First sentence on an outage: what does not answer, and until when it is tried."""
    return f"{step} waits ({silence}); tried again until {deadline.ends_at:%H:%M:%S} UTC"


def goes_on(step: str, attempt: Attempt, deadline: Deadline) -> str:
    """Last sentence on an outage that ended in time."""
    return f"{step} goes on: it came through after {humanize(deadline.now - attempt.entered)}"


def given_up(step: str, silence: str, attempt: Attempt, deadline: Deadline) -> str:
    """Last sentence on an outage that outlasted its stage: what did not answer, since when, how long it was tried."""
    return (
        f"{step} gave up after {attempt.retries + 1} tries since {attempt.entered:%H:%M:%S} UTC, "
        f"as the {humanize(deadline.budget)} of its stage are over: {silence}"
    )
