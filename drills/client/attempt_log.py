"""What the client saw, in numbers: outage, throughput, latency, and which acknowledged bookings were lost.

Pure: lines and rows in, values out. Times are epoch seconds, durations seconds.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from uuid import UUID

from drills.client.attempt import Attempt


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nothing the client started succeeded.

    It runs from the start of the first failed attempt to the first success among the attempts that were started
    after the last failed one; ``ended`` is None while there is none. Attempts are taken in the order in which they
    were *started*: one that hangs until its deadline may fail after the service has come back. Of several at once,
    the one that was started first need not be the first to be served.
    """

    started: float
    ended: float | None
    failures: int

    @property
    def seconds(self) -> float | None:
        """Its length, None when it had no end."""
        return None if self.ended is None else self.ended - self.started


@dataclass(frozen=True, slots=True)
class Second:
    """How many attempts ended in one second of the clock."""

    second: int
    succeeded: int
    failed: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles (nearest rank) over successful attempts."""

    p50: float
    p99: float


@dataclass(frozen=True)
class Comparison:
    """What the client was promised against what the database holds."""

    acknowledged: int
    lost: Mapping[str, float] = field(default_factory=dict)
    duplicated: tuple[str, ...] = ()
    unacknowledged: tuple[str, ...] = ()

    def loss_window(self, fault_at: float) -> float:
        """Return the measured loss window: the fault minus the acknowledgement of the first lost booking.

        It is the age in seconds, at the moment of the fault, of the oldest promise that was broken; 0 when none
        was, and when all of them were made after the fault. Compare it with the recovery point objective.
        """
        return max(0.0, fault_at - min(self.lost.values(), default=fault_at))


def read(path: Path) -> list[Attempt]:
    """Read a client's record; a last line cut off by a crash is left out, any other bad one raises."""
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    return [Attempt.from_line(line) for line in whole.splitlines() if line]


def outages(attempts: Iterable[Attempt]) -> list[Outage]:
    """Return every outage of the record, however short, in order of time."""
    found: list[Outage] = []
    for ok, run in groupby(_by_start(attempts), key=lambda attempt: attempt.ok):
        if not ok:
            failed = list(run)
            found.append(Outage(failed[0].t_start, None, len(failed)))
        elif found:
            found[-1] = replace(found[-1], ended=min(attempt.t_end for attempt in run))
    return found


def outage_after(attempts: Iterable[Attempt], fault_at: float) -> Outage | None:
    """Return the outage of a fault at ``fault_at``; None when the client noticed nothing.

    It begins with the first failed attempt started after the last success that was complete before the fault,
    and ends with the first success started after both. A success that was under way at the fault ends nothing.
    """
    ordered = _by_start(attempts)
    before = [attempt.t_start for attempt in ordered if attempt.ok and attempt.t_end <= fault_at]
    since = max(before, default=-math.inf)
    affected = [
        attempt for attempt in ordered if attempt.t_start > since and not (attempt.ok and attempt.t_start <= fault_at)
    ]
    return next(iter(outages(affected)), None)


def without_service(attempts: Iterable[Attempt]) -> list[Outage]:
    """Return the stretches in which attempts failed, outages that overlap joined, in order of time.

    With several attempts at once, the next outage may begin before the success that ends the one before it.
    """
    joined: list[Outage] = []
    for outage in outages(attempts):
        last = joined[-1] if joined else None
        if last is not None and last.ended is not None and outage.started <= last.ended:
            joined[-1] = Outage(last.started, outage.ended, last.failures + outage.failures)
        else:
            joined.append(outage)
    return joined


def acknowledged(attempts: Iterable[Attempt]) -> dict[str, float]:
    """Return the acknowledged ids with the time of their first acknowledgement, in the order of these times."""
    first: dict[str, float] = {}
    for attempt in sorted(attempts, key=lambda each: each.t_end):
        if attempt.ok:
            first.setdefault(attempt.id, attempt.t_end)
    return first


def per_second(attempts: Iterable[Attempt]) -> list[Second]:
    """Return one entry per second, from the first to the last end of an attempt, quiet ones included."""
    good: Counter[int] = Counter()
    bad: Counter[int] = Counter()
    for attempt in attempts:
        (good if attempt.ok else bad)[math.floor(attempt.t_end)] += 1
    seconds = good.keys() | bad.keys()
    if not seconds:
        return []
    return [Second(each, good[each], bad[each]) for each in range(min(seconds), max(seconds) + 1)]


def latency(attempts: Iterable[Attempt]) -> Latency | None:
    """Return the latency of successful attempts; None when there are none."""
    ordered = sorted(attempt.seconds for attempt in attempts if attempt.ok)
    if not ordered:
        return None
    return Latency(*(ordered[math.ceil(share * len(ordered)) - 1] for share in (0.50, 0.99)))


def compare(
    acknowledged: Mapping[str, float],
    rows: Sequence[tuple[str | UUID, datetime]],
    attempted: Collection[str] | None = None,
) -> Comparison:
    """Compare acknowledged ids with the rows (id, created_at) of the promoted database.

    ``acknowledged`` is what the function of that name returns. lost: acknowledged and not there, with the time
    of acknowledgement. duplicated: there more than once. unacknowledged: there without the client having been
    told. Rows of other clients are left out when ``attempted`` names the ids this one tried.
    """
    counted = Counter(str(identifier) for identifier, _ in rows)
    mine = [each for each in counted if attempted is None or each in attempted]
    return Comparison(
        acknowledged=len(acknowledged),
        lost={each: at for each, at in acknowledged.items() if each not in counted},
        duplicated=tuple(each for each in mine if counted[each] > 1),
        unacknowledged=tuple(each for each in mine if each not in acknowledged),
    )


def _by_start(attempts: Iterable[Attempt]) -> list[Attempt]:
    return sorted(attempts, key=lambda attempt: attempt.t_start)
