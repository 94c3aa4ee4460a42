"""Search for the recovery point with temporary restores, when no evidence dates the damage.

The last good run and the first bad check bracket the damage. A round of restores, evenly spread between them, leaves
one gap between two neighbours; rounds continue until the gap is as small as the plan wants, or the limit of restores
or the time budget is reached. The best result so far counts: at worst the last good run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from lyo_dr.decisions.common.integrity import integrity_faults, last_good
from lyo_dr.decisions.restore.recovery_point import find_damage
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Check, Restore
from lyo_dr.model.plurals import counted
from lyo_dr.model.restore import DatabaseEvidence, IntegrityCheck, RecoveryPoint, RestoreRequest
from lyo_dr.model.search import Bracket, Found, Observation, Probe, Round

_SECOND = timedelta(seconds=1)
_SPARE = 1
"""One of the plan's restores is reserved for the database itself, in case no probe can be used."""


def suspect(checks: list[Check], evidence: DatabaseEvidence, runs: list[IntegrityCheck]) -> Bracket | None:
    """From the last good run to the first bad check after it; None if either is missing, as nothing can be compared."""
    good = last_good(runs)
    if good is None:
        return None
    bad = min((run for run in runs if run.faults and run.at > good.at), key=lambda run: run.at, default=None)
    if bad is not None:
        return Bracket(good=_whole(good.at), bad=_after(bad.at), changed=bad.faults)
    changed = [] if evidence.at is None else integrity_faults(checks, evidence.readings, good)
    if evidence.at is None or not changed:
        return None
    return Bracket(good=_whole(good.at), bad=_after(evidence.at), changed=changed)


def to_search(
    verdict: RecoveryPoint,
    wish: RestoreRequest,
    checks: list[Check],
    evidence: DatabaseEvidence,
    runs: list[IntegrityCheck],
    rules: Restore,
) -> RecoveryPoint:
    """Add the bracket to search to the verdict, if neither an operator nor evidence gives the recovery point."""
    named = wish.named or find_damage(evidence, runs) is not None
    if verdict.status == "refused" or named or not may_search(rules):
        return verdict
    bracket = suspect(checks, evidence, runs)
    if bracket is None:
        told = "no integrity query deviates, so a search cannot tell good from damaged"
        return msgspec.structs.replace(verdict, evidence=[*verdict.evidence, told])
    if bracket.seconds <= _gap(rules):
        return verdict
    told = f"the damage lies within {humanize(bracket.seconds)} after that: searching it with temporary restores"
    return msgspec.structs.replace(
        verdict, search=bracket, sentence=f"{verdict.sentence}; {told}", evidence=[*verdict.evidence, told]
    )


def may_search(rules: Restore) -> bool:
    """Whether the plan allows a search at all."""
    return rules.search_budget > timedelta(0) and rules.max_restores > _SPARE


def narrowed(bracket: Bracket, looks: Iterable[Observation]) -> Bracket:
    """The remaining bracket: from the last good probe before the first damaged one, up to that one."""
    looks = list(looks)
    damaged = [look for look in looks if look.result == "damaged" and look.probe.at <= bracket.bad]
    first = min(damaged, key=lambda look: look.probe.at, default=None)
    bad, changed = (first.probe.at, first.faults) if first else (bracket.bad, bracket.changed)
    good = [look.probe.at for look in looks if look.result == "good" and bracket.good <= look.probe.at < bad]
    return Bracket(good=max(good, default=bracket.good), bad=bad, changed=changed)


def best(bracket: Bracket, looks: Iterable[Observation]) -> Observation | None:
    """The good probe at the start of the remaining bracket; None if no restore was good."""
    looks = list(looks)
    at = narrowed(bracket, looks).good
    return next((look for look in looks if look.result == "good" and look.probe.at == at), None)


def next_round(bracket: Bracket, looks: list[Observation], rules: Restore, *, begun: datetime, now: datetime) -> Round:
    """The restores of the next round, evenly spread over the remaining bracket; done at the plan's limits."""
    left = narrowed(bracket, looks)
    if left.seconds <= _gap(rules):
        return Round(status="done", sentence=f"{_left(left)}: precise enough")
    spent = now - begun
    if spent >= rules.search_budget:
        return Round(status="done", sentence=f"{_left(left)}: the budget of {humanize(rules.search_budget)} is used up")
    number = rules.max_restores - _SPARE - len(looks)
    moments = _spread(left, min(number, rules.search_at_once))
    if not moments:
        return Round(status="done", sentence=f"{_left(left)}: the limit of {counted(len(looks), 'restore')} is reached")
    probes = [Probe(number=len(looks) + index, at=at) for index, at in enumerate(moments, start=1)]
    told = ", ".join(f"{at:%H:%M:%S}" for at in moments)
    return Round(status="probe", sentence=f"{_left(left)}; temporary restores at {told} UTC", probes=probes)


def conclude(
    bracket: Bracket, looks: list[Observation], rules: Restore, *, size: str, begun: datetime, now: datetime
) -> Found:
    """Result of the search, its evidence, and its cost in instance-hours (prices differ per customer)."""
    left, kept = narrowed(bracket, looks), best(bracket, looks)
    hours = sum((((look.ended or now) - look.begun).total_seconds() for look in looks), 0.0) / 3600
    seconds = (now - begun).total_seconds()
    took = f"{counted(len(looks), 'temporary restore')}, {hours:.2f} instance-hours of {size}, {humanize(seconds)}"
    said = [f"the search: {took}", *_said(looks), f"what changed by {left.bad:%H:%M:%S}: {'; '.join(left.changed)}"]
    last = f"{kept.instance} shows it" if kept else "the last good check; no restore was good"
    over = "" if left.seconds <= _gap(rules) else ", the plan's limit"
    sentence = f"Good at {left.good:%Y-%m-%d %H:%M:%S} UTC ({last}), damaged at {left.bad:%H:%M:%S}: {took}{over}"
    return Found(
        at=left.good,
        instance=kept.instance if kept else None,
        sentence=sentence,
        evidence=said,
        restores=len(looks),
    )


def _said(looks: list[Observation]) -> list[str]:
    told = []
    for result in ("good", "damaged", "lost", "pending"):
        moments = sorted(look.probe.at for look in looks if look.result == result)
        if moments:
            word = "no result" if result in ("lost", "pending") else result
            told.append(f"{word} at {', '.join(f'{at:%H:%M:%S}' for at in moments)}")
    return told


def _spread(left: Bracket, number: int) -> list[datetime]:
    """That many distinct whole seconds between both ends."""
    span = left.bad - left.good
    moments = {_whole(left.good + span * index / (number + 1)) for index in range(1, number + 1)}
    return sorted(at for at in moments if left.good < at < left.bad)


def _left(left: Bracket) -> str:
    return f"Good at {left.good:%H:%M:%S}, damaged at {left.bad:%H:%M:%S}, {humanize(left.seconds)} apart"


def _gap(rules: Restore) -> float:
    """Smallest useful gap: RDS restores to whole seconds."""
    return max(1.0, rules.search_resolution.total_seconds())


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _after(at: datetime) -> datetime:
    return at if at == _whole(at) else _whole(at) + _SECOND
