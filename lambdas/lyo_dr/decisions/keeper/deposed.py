"""Is this region deposed, does its fence hold, and what is on its database alone?"""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.fence import Closure, Deposed, OwnFence, Stopped
from lyo_dr.model.incident import SystemRecord

_MARGIN = timedelta(minutes=5)
"""How far before the last replayed commit rows are compared: clocks of apps and servers differ by less."""
_BY_HAND = timedelta(days=1)
"""How far back when no incident says when the outage began."""


def deposed_by(mine: SystemRecord, theirs: SystemRecord | None, *, here: str) -> SystemRecord | None:
    """The record that deposes this region; None when it is active, stands by, or nothing newer is known.

    ``theirs`` is None when the peer does not answer: unknown, and unknown deposes nobody. A peer's record counts
    only with a greater epoch; with the same one our own word holds.
    """
    newest = theirs if theirs is not None and theirs.epoch > mine.epoch else mine
    if here in (newest.active_region, newest.standby_region):
        return None
    return newest


def must_be_fenced(record: SystemRecord, *, here: str) -> bool:
    """Whether the peer is deposed: this region took over, and no new standby was declared since."""
    return record.active_region == here and record.standby_region is None and record.epoch > 0


def own_fence(record: SystemRecord, services: list[str], stopped: Stopped, closures: list[Closure]) -> OwnFence:
    """What a deposed region did to itself, in one sentence."""
    moving = [name for name in services if name not in stopped.at_rest]
    open_ = [f"{closure.database} is not closed ({closure.reason})" for closure in closures if not closure.closed]
    missing = [*(f"{name} is not at rest yet" for name in moving), *stopped.failures, *open_]
    shut = ", ".join(closure.database for closure in closures if closure.closed)
    done = f"services at zero, {shut or 'no database'} closed to the app"
    says = f"{record.active_region} is active at epoch {record.epoch}, so this region fences itself"
    return OwnFence(
        epoch=record.epoch,
        complete=not missing,
        sentence=f"{says}: {done}" if not missing else f"{says}; not done yet: {'; '.join(missing)}",
    )


def judge_deposed(
    known: Deposed, region: str, services: list[str], stopped: Stopped, own: OwnFence | None, *, now: datetime, by: str
) -> Deposed:
    """Confirmed when its services are seen at rest and the region itself says that its databases are closed."""
    moving = [name for name in services if name not in stopped.at_rest]
    said = own if own is not None and own.epoch == known.epoch else None
    if not stopped.heard:
        sentence = f"{region} does not answer yet ({stopped.failures[0] if stopped.failures else 'not asked'})"
    elif moving or stopped.failures:
        reasons = [*(f"{name} is not at rest" for name in moving), *stopped.failures]
        sentence = f"{region} answers; {'; '.join(reasons)}"
    elif said is None:
        sentence = f"{region} answers and its services are at zero; it has not said yet that its databases are closed"
    elif not said.complete:
        sentence = f"{region} answers and its services are at zero; its own word: {said.sentence}"
    else:
        return _with(known, f"The fence of {region} is confirmed: {said.sentence}", confirmed_at=now, by=by)
    return _with(known, sentence, confirmed_at=None, by=None)


def _with(known: Deposed, sentence: str, *, confirmed_at: datetime | None, by: str | None) -> Deposed:
    return Deposed(
        epoch=known.epoch, incident=known.incident, sentence=sentence, confirmed_at=confirmed_at, by=by, counted_at=None
    )


def compare_since(
    outage_start: datetime | None, predicted_loss: timedelta | None, *, rpo: timedelta, confirmed_at: datetime
) -> datetime:
    """From which moment on rows of the deposed database are held against the new one.

    The last replayed commit was ``predicted_loss`` before the outage; an unknown loss counts as the whole RPO.
    """
    if outage_start is None:
        return confirmed_at - _BY_HAND
    return outage_start - (rpo if predicted_loss is None else predicted_loss) - _MARGIN


def divergence_sentence(table: str, missing: int, *, cut: int | None) -> str:
    """``cut``: only so many of the newest rows were compared; None when all were."""
    rest = "" if cut is None else f"; only its newest {cut} rows were compared"
    if missing == 0:
        return f"Every recent row of {table} in the deposed database is here as well{rest}"
    rows = "1 row of {0} exists" if missing == 1 else "{1} rows of {0} exist"
    return f"{rows.format(table, missing)} only in the deposed database{rest}"
