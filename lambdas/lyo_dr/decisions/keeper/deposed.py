"""Deposed regions: detection, confirmation of the fence, and rows that exist only in their databases."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.fence import Closure, Deposed, OwnFence, Stopped
from lyo_dr.model.incident import SystemRecord

_MARGIN = timedelta(minutes=5)
"""Margin before the last replayed commit when comparing rows; clock skew of apps and servers is smaller."""
_BY_HAND = timedelta(days=1)
"""How far back to compare when no incident recorded the start of the outage."""


def deposed_by(mine: SystemRecord, theirs: SystemRecord | None, *, here: str) -> SystemRecord | None:
    """The record that deposes this region; None if it is active or standby, or nothing newer is known.

    ``theirs`` is None if the peer does not respond: unknown deposes no region. A peer's record counts only with a
    greater epoch; at the same epoch our own record wins.
    """
    newest = theirs if theirs is not None and theirs.epoch > mine.epoch else mine
    if here in (newest.active_region, newest.standby_region):
        return None
    return newest


def must_be_fenced(record: SystemRecord, *, here: str) -> bool:
    """Whether the peer is deposed: this region took over, and no new standby has been declared since."""
    return record.active_region == here and record.standby_region is None and record.epoch > 0


def own_fence(record: SystemRecord, services: list[str], stopped: Stopped, closures: list[Closure]) -> OwnFence:
    """Result of a deposed region fencing itself."""
    moving = [name for name in services if name not in stopped.at_rest]
    open_ = [f"{closure.database} is not closed ({closure.reason})" for closure in closures if not closure.closed]
    missing = [*(f"{name} is still running" for name in moving), *stopped.failures, *open_]
    shut = ", ".join(closure.database for closure in closures if closure.closed)
    done = f"services at zero, {shut or 'no database'} closed to the app"
    says = f"{record.active_region} is active at epoch {record.epoch}, so this region is fencing itself"
    return OwnFence(
        epoch=record.epoch,
        complete=not missing,
        sentence=f"{says}: {done}" if not missing else f"{says}; not complete: {'; '.join(missing)}",
    )


def judge_deposed(
    known: Deposed, region: str, services: list[str], stopped: Stopped, own: OwnFence | None, *, now: datetime, by: str
) -> Deposed:
    """Confirmed when its services are observed at zero and the region itself reports its databases as closed."""
    moving = [name for name in services if name not in stopped.at_rest]
    said = own if own is not None and own.epoch == known.epoch else None
    if not stopped.heard:
        sentence = f"{region} does not respond yet ({stopped.failures[0] if stopped.failures else 'not called'})"
    elif moving or stopped.failures:
        reasons = [*(f"{name} is still running" for name in moving), *stopped.failures]
        sentence = f"{region} responds; {'; '.join(reasons)}"
    elif said is None:
        sentence = f"{region} responds and its services are at zero; it has not yet reported its databases as closed"
    elif not said.complete:
        sentence = f"{region} responds and its services are at zero; it reports: {said.sentence}"
    else:
        return _with(known, f"Fence of {region} confirmed: {said.sentence}", confirmed_at=now, by=by)
    return _with(known, sentence, confirmed_at=None, by=None)


def _with(known: Deposed, sentence: str, *, confirmed_at: datetime | None, by: str | None) -> Deposed:
    return Deposed(
        epoch=known.epoch, incident=known.incident, sentence=sentence, confirmed_at=confirmed_at, by=by, counted_at=None
    )


def compare_since(
    outage_start: datetime | None, predicted_loss: timedelta | None, *, rpo: timedelta, confirmed_at: datetime
) -> datetime:
    """Start of the comparison between the deposed and the new database.

    The last replayed commit was ``predicted_loss`` before the outage; an unknown loss counts as the whole RPO.
    """
    if outage_start is None:
        return confirmed_at - _BY_HAND
    return outage_start - (rpo if predicted_loss is None else predicted_loss) - _MARGIN


def divergence_sentence(table: str, missing: int, *, cut: int | None) -> str:
    """``cut``: number of newest rows compared; None if all were."""
    rest = "" if cut is None else f"; only its newest {cut} rows were compared"
    if missing == 0:
        return f"Every recent row of {table} in the deposed database exists here as well{rest}"
    rows = "1 row of {0} exists" if missing == 1 else "{1} rows of {0} exist"
    return f"{rows.format(table, missing)} only in the deposed database{rest}"
