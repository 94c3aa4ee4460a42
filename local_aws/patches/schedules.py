"""Schedules on the local AWS's clock.

Upstream looks every ten seconds whether a schedule is due and knows no faster clock. Here ``rate(...)`` expressions
fire at their rate divided by the clock factor, and schedules are looked at often enough for it. ``cron`` and ``at``
name moments of the calendar and are left alone.

Functions do not run faster for it. On AWS a function that runs every minute has ended long before the next minute; here
a slow machine would start it again and again beside itself, each time in a new process, until nothing moves any more.
So a scheduled function that still runs is started when it has ended, and once, however often it was due meanwhile.
"""

import contextvars
import json
import threading
import time
from collections.abc import Callable

from ministack.core import lambda_runtime
from ministack.services import eventbridge, scheduler

from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.eventbridge:_parse_rate_seconds",
    "ministack.services.eventbridge:_dispatch_to_lambda",
    "ministack.services.eventbridge:_SCHEDULER_TICK_INTERVAL",
    "ministack.services.scheduler:_SCHEDULE_TICK_INTERVAL",
    "ministack.core.lambda_runtime:_workers",
    "ministack.core.lambda_runtime:_worker_key",
)

_LOOK_EVERY_SECONDS = 0.25
_FREE_EVERY_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 15.0
"""A run that hangs must not silence its schedule for ever."""

Dispatch = Callable[[str, str], None]


def apply(context: PatchContext) -> None:
    """Divide the interval of every rate by the clock factor; one run of a scheduled function at a time."""
    parse = eventbridge._parse_rate_seconds
    clock = context.settings.clock

    def parse_scaled(expression: str) -> float | None:
        seconds = parse(expression)
        return None if seconds is None else seconds / clock

    eventbridge._parse_rate_seconds = parse_scaled
    eventbridge._SCHEDULER_TICK_INTERVAL = _LOOK_EVERY_SECONDS
    scheduler._SCHEDULE_TICK_INTERVAL = _LOOK_EVERY_SECONDS
    eventbridge._dispatch_to_lambda = OneAtATime(eventbridge._dispatch_to_lambda)


class OneAtATime:
    """Starts functions of rules; one that a schedule starts waits for its own last run. Safe in any thread."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._waiting: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, arn: str, payload: str) -> None:
        """Start it now, or as soon as it is free."""
        if not _scheduled(payload) or not _runs(arn):
            self._dispatch(arn, payload)
            return
        with self._lock:
            if arn in self._waiting:
                return
            self._waiting.add(arn)
        # Account and region of the call are in the context.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._when_free, arn, payload), daemon=True).start()

    def _when_free(self, arn: str, payload: str) -> None:
        end = time.monotonic() + _LONGEST_WAIT_SECONDS
        while _runs(arn) and time.monotonic() < end:
            time.sleep(_FREE_EVERY_SECONDS)
        with self._lock:
            self._waiting.discard(arn)
        self._dispatch(arn, payload)


def _scheduled(payload: str) -> bool:
    try:
        event = json.loads(payload)
    except ValueError:
        return False
    return isinstance(event, dict) and event.get("detail-type") == "Scheduled Event"


def _runs(arn: str) -> bool:
    """Whether an environment of this function works on something; keys read ``account:region:name:…``."""
    region, name = arn.split(":")[3], arn.split(":")[6]
    ours = [pool for key, pool in list(lambda_runtime._workers.items()) if key.split(":")[1:3] == [region, name]]
    return any(worker.in_use for pool in ours for worker in list(pool))
