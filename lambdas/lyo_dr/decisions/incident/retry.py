"""Retrying a step by its name: the incident is taken up again only if that step is what failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from lyo_dr.decisions.incident.skip import did_you_mean
from lyo_dr.model.step_record import StepFailure


class RetryVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """``take_up``: resume the incident; ``under_way``: the step is retried right now; ``refused``: nothing changes."""

    what: Literal["take_up", "under_way", "refused"]
    sentence: str


def may_retry(
    incident: str, step: str, *, known: Sequence[str], failures: Sequence[StepFailure], execution: str, running: bool
) -> RetryVerdict:
    """By what is on record of the execution that worked on it last. Whether it may be resumed is asked besides.

    ``known`` are the steps of its machines, ``running``: an execution is at work on it.
    """
    failed = {each.step: each for each in failures if each.execution == execution and not each.passed}
    if step not in known:
        near = did_you_mean(step, [*failed, *known])
        instead = _failed_instead(incident, failed)
        return _no(f"{step} is no step of a failover{near or '.'} {instead[:1].upper()}{instead[1:]}")
    if step not in failed:
        return _no(f"{step} is not on record as failed in {incident}; {_failed_instead(incident, failed)}")
    if running and failed[step].retried:
        return RetryVerdict(
            what="under_way",
            sentence=f"{step} is being retried by {execution} already ({failed[step].sentence}); nothing was started",
        )
    return RetryVerdict(what="take_up", sentence=f"{step} failed: {failed[step].sentence}")


def _failed_instead(incident: str, failed: dict[str, StepFailure]) -> str:
    if failed:
        return "; ".join(f"{each.step} failed: {each.sentence}" for each in failed.values())
    return f"no step of it is on record as failed; `lyo-dr resume {incident}` takes it up again whatever failed"


def _no(sentence: str) -> RetryVerdict:
    return RetryVerdict(what="refused", sentence=sentence)
