"""Progress of a drill in the terminal: stages, the timeline of the incident, and the client's success below."""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from drills.client.attempt import Attempt
from drills.results.record import TimelineLine
from drills.terminal import Row, counted
from lyo_dr.model.durations import humanize

_BARS = " ▁▂▃▄▅▆▇█"
_WIDTH = 40
_QUIET_SECONDS = 8.0
"""Without a terminal, a line says that a stage is still running once nothing was printed for this long."""
_BESIDE_BARS = 42
"""Columns of the clock, and of the figures beside the bars."""


class ClientTail:
    """Reader of the client's record, as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._rest = ""
        self._seconds: deque[tuple[int, int, int]] = deque(maxlen=_WIDTH)

    def seconds(self) -> list[tuple[int, int, int]]:
        """The last seconds: (second, succeeded, failed)."""
        for attempt in self._new():
            self._count(attempt)
        return list(self._seconds)

    def _new(self) -> list[Attempt]:
        if not self._path.exists():
            return []
        with self._path.open(encoding="utf-8") as file:
            file.seek(self._offset)
            text = self._rest + file.read()
            self._offset = file.tell()
        *lines, self._rest = text.split("\n")
        return [Attempt.from_line(line) for line in lines if line]

    def _count(self, attempt: Attempt) -> None:
        second = int(attempt.t_end)
        while not self._seconds or self._seconds[-1][0] < second:
            following = self._seconds[-1][0] + 1 if self._seconds else second
            self._seconds.append((following, 0, 0))
        index = len(self._seconds) - 1 - (self._seconds[-1][0] - second)
        if index >= 0:
            at, good, bad = self._seconds[index]
            self._seconds[index] = (at, good + attempt.ok, bad + (not attempt.ok))


class Screen:
    """Stages and sentences as they come; below them a spinner, and in a terminal the client's last seconds.

    The first column is a clock, always in seconds with one decimal, so that its points are below each other.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._live: Live | None = None
        self._started = time.time()
        self._zero: float | None = None
        self._healthy: bool | None = None
        self._stage = ""
        self._printed_at = time.monotonic()
        self._over = threading.Event()

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            spinner = Spinner("line", Text("starting", "dim"))
            self._live = Live(spinner, console=self.console, refresh_per_second=4, transient=True)
            self._live.start()
        else:
            threading.Thread(target=self._report_quiet, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def stage(self, sentence: str) -> None:
        """Print that a stage of the drill begins."""
        self._stage = sentence.strip()
        self._print(Text(f"{self._elapsed()}  ", "dim"), Text(sentence, "bold"))
        if self._live is not None and self._zero is None:
            self._live.update(Spinner("line", Text(self._stage, "dim")))

    def fault(self, at: float, sentence: str) -> None:
        """Print the disaster; times count from here."""
        self._zero = at
        self._print(Text(f"{self._elapsed()}  ", "dim"), Text(sentence, "bold red"))

    def line(self, line: TimelineLine) -> None:
        """Print a sentence of the incident."""
        since = line.at - (self._zero or self._started)
        cells = Text(f"{since:+8.1f} s  ", "dim") + Text(f"{line.step:<20}  ", "cyan")
        self._print(cells, line.sentence)

    def client(self, seconds: list[tuple[int, int, int]]) -> None:
        """Show the client's last seconds: live in a terminal, only changes elsewhere."""
        if not seconds:
            return
        _, good, bad = seconds[-1] if len(seconds) < 2 else seconds[-2]
        if self._live is not None:
            self._live.update(self._bars(seconds, good, bad))
        healthy = good > 0 and bad == 0
        if healthy != self._healthy and (good or bad):
            self._healthy = healthy
            cells = Text(f"{self._elapsed()}  ", "dim") + Text(f"{'client':<20}  ", "magenta")
            self._print(cells, Text(_client_sentence(good, bad), "green" if healthy else "yellow"))

    def _bars(self, seconds: list[tuple[int, int, int]], good: int, bad: int) -> Text:
        most = max(1, *(good + bad for _, good, bad in seconds))
        text = Text(f"{self._elapsed()}  client ", no_wrap=True)
        for _, up, down in seconds[-max(1, self.console.width - _BESIDE_BARS) :]:
            level = up if up else down
            text.append(
                _BARS[min(8, round(8 * level / most))], "green" if up and not down else "red" if down else "dim"
            )
        text.append(f"  {good} ok/s, {bad} failed/s")
        return text

    def _print(self, cells: Text, sentence: Text | str) -> None:
        self._printed_at = time.monotonic()
        self.console.print(Row(cells, sentence))

    def _report_quiet(self) -> None:
        """Without a terminal there is no spinner: say which stage is still running."""
        wait, printed_at = _QUIET_SECONDS, self._printed_at
        while not self._over.wait(0.5):
            if self._printed_at != printed_at:
                wait, printed_at = _QUIET_SECONDS, self._printed_at
            quiet = time.monotonic() - printed_at
            if quiet >= wait:
                wait *= 3
                cells = Text(f"{self._elapsed()}  ", "dim")
                self.console.print(Row(cells, Text(f"still: {self._stage} ({humanize(round(quiet))})", "dim")))

    def _elapsed(self) -> str:
        since = time.time() - (self._zero or self._started)
        return f"{since:+8.1f} s" if self._zero else f"{since:8.1f} s"


def _client_sentence(good: int, bad: int) -> str:
    booked = counted(good, "booking")
    return f"{booked} per second" if good and not bad else f"{booked} and {counted(bad, 'failure')} in this second"
