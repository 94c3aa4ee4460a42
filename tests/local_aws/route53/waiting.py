"""Waiting for something that takes its time, with a deadline."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], seconds: float = 8.0) -> None:
    """Return once the condition is true; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)
