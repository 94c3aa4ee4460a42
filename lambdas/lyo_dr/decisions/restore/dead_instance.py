"""Restoring what a dead instance held: what is wished for, and what of it the backups do not have. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.model.incident import Signal
from lyo_dr.model.restore import IntegrityCheck, RecoveryPoint, RestoreRequest

_FOUND = "its instance is dead, and the latest is what is left of it"


def wish_of(signal: Signal, runs: list[IntegrityCheck]) -> RestoreRequest:
    """What the signal asks for. An alarm never asks for the latest moment of data that was damaged before it died."""
    if signal.source == "operator":
        return RestoreRequest(restore_to=signal.restore_to, latest=signal.latest, snapshot=signal.snapshot)
    damaged = bool(runs) and bool(runs[-1].faults)
    return RestoreRequest(latest=signal.latest and not damaged, why=_FOUND)


def with_loss(verdict: RecoveryPoint, *, outage_start: datetime) -> RecoveryPoint:
    """The verdict with what is lost by it, said before it is done: from the end of the backup to the outage.

    A moment before damage is another matter: what was written after it is kept in the damaged instance.
    """
    if verdict.target is None or verdict.target.kind == "moment":
        return verdict
    upto = verdict.target.at
    if upto is None:
        return msgspec.structs.replace(verdict, sentence=f"{verdict.sentence}; how much is lost is unknown")
    lost = max(timedelta(0), outage_start - upto)
    said = f"up to {_span(lost)} of work is lost: the backup ends at {upto:%Y-%m-%d %H:%M:%S} UTC"
    return msgspec.structs.replace(
        verdict,
        sentence=f"{verdict.sentence}; {said}",
        evidence=[*verdict.evidence, said],
        loss_seconds=lost.total_seconds(),
    )


def beyond_rpo(verdict: RecoveryPoint, rpo: timedelta) -> RecoveryPoint:
    """Without a person no more is given up than the plan allows; a loss nobody knows is too much."""
    if verdict.target is None or verdict.target.kind == "moment":
        return verdict
    if verdict.loss_seconds is not None and timedelta(seconds=verdict.loss_seconds) <= rpo:
        return verdict
    sentence = (
        f"{verdict.sentence}. That is more than the RPO of {_span(rpo)}, so a person decides; nothing was changed"
    )
    return msgspec.structs.replace(verdict, status="held", target=None, sentence=sentence)


def how_to_go_on(verdict: RecoveryPoint, database: str, wish: RestoreRequest) -> RecoveryPoint:
    """A verdict that is held, with the words a person types."""
    if verdict.status != "held":
        return verdict
    choice = " --latest" if wish.latest else ""
    sentence = f"{verdict.sentence}. To do it: lyo-dr start --database {database}{choice}"
    return msgspec.structs.replace(verdict, sentence=sentence)


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
