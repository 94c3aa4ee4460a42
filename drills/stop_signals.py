"""Signals that end a run as Ctrl-C does: everything that was started is taken down."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_OUTPUTS = (1, 2)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal (SIGHUP) raise KeyboardInterrupt, once: the next must not stop the clean-up.

    A SIGHUP that was ignored at the start stays ignored, which is what ``nohup`` is for; so does a SIGINT, which a
    shell ignores for its background jobs. SIGTERM always ends the run.
    """
    numbers = [signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    terminals = [output for output in _OUTPUTS if os.isatty(output)]

    def end(_signal: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        _leave_closed(terminals)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_closed(terminals: list[int]) -> None:
    """Writing to a terminal that was closed is an error, and what is still said has no reader."""
    for output in terminals:
        if not os.isatty(output):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, output)
            os.close(nowhere)
