"""What a person sees while a drill runs: the incident's sentences as they come, and the client's success below."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from drills.client.attempt import Attempt
from drills.results.record import TimelineLine

_BARS = " ▁▂▃▄▅▆▇█"
_WIDTH = 40


class ClientTail:
    """Reads the client's record as it grows."""

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
    """Prints stages and sentences; in a terminal, the client's last seconds stand below them."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._live: Live | None = None
        self._started = time.time()
        self._zero: float | None = None
        self._healthy: bool | None = None

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live = Live(Text(""), console=self.console, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def stage(self, sentence: str) -> None:
        """A stage of the drill begins."""
        self._print(Text(f"{self._elapsed()}  ", "dim") + Text(sentence, "bold"))

    def fault(self, at: float, sentence: str) -> None:
        """The disaster; times count from here."""
        self._zero = at
        self._print(Text(f"{self._elapsed()}  ", "dim") + Text(sentence, "bold red"))

    def line(self, line: TimelineLine) -> None:
        """A sentence of the incident."""
        since = line.at - (self._zero or self._started)
        self._print(Text(f"{since:+8.1f} s  ", "dim") + Text(f"{line.step:<18} ", "cyan") + Text(line.sentence))

    def client(self, seconds: list[tuple[int, int, int]]) -> None:
        """The client's last seconds: live in a terminal, only changes elsewhere."""
        if not seconds:
            return
        _, good, bad = seconds[-1] if len(seconds) < 2 else seconds[-2]
        if self._live is not None:
            self._live.update(self._bars(seconds, good, bad))
        healthy = good > 0 and bad == 0
        if healthy != self._healthy and (good or bad):
            self._healthy = healthy
            style = "green" if healthy else "yellow"
            said = f"{good} bookings a second" if healthy else f"{bad} failures and {good} bookings in this second"
            self.console.print(
                Text(f"{self._elapsed()}  ", "dim") + Text(f"{'client':<18} ", "magenta") + Text(said, style)
            )

    def _bars(self, seconds: list[tuple[int, int, int]], good: int, bad: int) -> Text:
        most = max(1, *(good + bad for _, good, bad in seconds))
        text = Text(f"{self._elapsed()}  client ")
        for _, up, down in seconds:
            level = up if up else down
            text.append(
                _BARS[min(8, round(8 * level / most))], "green" if up and not down else "red" if down else "dim"
            )
        text.append(f"  {good} ok/s, {bad} failed/s")
        return text

    def _print(self, text: Text) -> None:
        """One line each, also where the terminal is narrow or there is none."""
        self.console.print(text, soft_wrap=True)

    def _elapsed(self) -> str:
        since = time.time() - (self._zero or self._started)
        return f"{since:+8.1f} s" if self._zero else f"{since:8.1f} s"
