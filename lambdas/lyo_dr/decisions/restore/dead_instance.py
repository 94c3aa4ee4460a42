"""Restore of a dead instance: the request, and the work that its backups do not hold. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Signal
from lyo_dr.model.restore import IntegrityCheck, RecoveryPoint, RestoreRequest

_FOUND = "its instance is dead, so the latest backup is used"


def wish_of(signal: Signal, runs: list[IntegrityCheck]) -> RestoreRequest:
    """The request of the signal. An alarm never requests the latest data if it was damaged before the instance died."""
    if signal.source == "operator":
        return RestoreRequest(restore_to=signal.restore_to, latest=signal.latest, snapshot=signal.snapshot)
    damaged = bool(runs) and bool(runs[-1].faults)
    return RestoreRequest(latest=signal.latest and not damaged, why=_FOUND)


def with_loss(verdict: RecoveryPoint, *, outage_start: datetime) -> RecoveryPoint:
    """Add the loss to the verdict before anything is done: from the end of the backup to the outage.

    A point-in-time restore to before damage has none: later writes are kept in the damaged instance.
    """
    if verdict.target is None or verdict.target.kind == "moment":
        return verdict
    upto = verdict.target.at
    if upto is None:
        return msgspec.structs.replace(verdict, sentence=f"{verdict.sentence}; how much is lost is unknown")
    lost = max(timedelta(0), outage_start - upto)
    said = f"up to {humanize(lost)} of work is lost: the backup ends at {upto:%Y-%m-%d %H:%M:%S} UTC"
    return msgspec.structs.replace(
        verdict,
        sentence=f"{verdict.sentence}; {said}",
        evidence=[*verdict.evidence, said],
        loss_seconds=lost.total_seconds(),
    )


def beyond_rpo(verdict: RecoveryPoint, rpo: timedelta) -> RecoveryPoint:
    """Hold a restore whose loss is above the RPO, or unknown, until a person approves it."""
    if verdict.target is None or verdict.target.kind == "moment":
        return verdict
    if verdict.loss_seconds is not None and timedelta(seconds=verdict.loss_seconds) <= rpo:
        return verdict
    sentence = (
        f"{verdict.sentence}. That is more than the RPO of {humanize(rpo)}, so approval is needed; nothing was changed"
    )
    return msgspec.structs.replace(verdict, status="held", target=None, sentence=sentence)


def how_to_go_on(verdict: RecoveryPoint, database: str, wish: RestoreRequest) -> RecoveryPoint:
    """Add the command that approves a held verdict."""
    if verdict.status != "held":
        return verdict
    choice = " --latest" if wish.latest else ""
    sentence = f"{verdict.sentence}. To approve: lyo-dr start --database {database}{choice}"
    return msgspec.structs.replace(verdict, sentence=sentence)
