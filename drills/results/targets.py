"""Did the drill meet its targets? One sentence for each that it missed."""

from __future__ import annotations

import dataclasses

from drills.report.words import duration
from drills.results.measure import Measured
from drills.results.record import Recorded
from lyo_dr.model.plan import Objectives


def failures(recorded: Recorded, measured: Measured, objectives: Objectives) -> list[str]:
    """Every missed target of ``region-loss``; empty when the drill passed."""
    return [*failures_held_up(recorded, measured, objectives), *in_scale(recorded, measured, objectives)]


def failures_held_up(recorded: Recorded, measured: Measured, objectives: Objectives) -> list[str]:
    """The same where the drill itself holds the recovery up, e.g. by a person who is asked: in no scale of its own."""
    return [*_ending(recorded, measured), *_objectives(measured, objectives), *_promises(recorded, measured)]


def in_scale(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
    """Whether the outage was short enough for a drill, whose waits are a fraction of those on AWS."""
    seconds, limit = measured.outage_seconds, measured.scaled_rto_seconds
    if seconds is None or limit is None or seconds <= limit:
        return []
    return [f"the outage of {duration(seconds)} exceeds the RTO in the drill's own scale, {duration(limit)}"]


def failures_by_record(recorded: Recorded, measured: Measured, objectives: Objectives) -> list[str]:
    """The same for traffic strategy ``record``, whose two steps may call the control plane of Route 53, and only it."""
    allowed = tuple(f"{step} called route53:" for step in ("ChangeRecord", "CheckChange"))
    offenders = tuple(each for each in measured.calls.offenders if not each.startswith(allowed))
    calls = dataclasses.replace(measured.calls, offenders=offenders)
    return failures(recorded, dataclasses.replace(measured, calls=calls), objectives)


def _ending(recorded: Recorded, measured: Measured) -> list[str]:
    found = []
    if recorded.ending != "recovered":
        found.append(f"the incident ended {recorded.ending or 'in nothing'} instead of recovered")
    if measured.outage_seconds is None:
        found.append("the client never got an answer again")
    found += [f"{name} ended {how}" for name, how in recorded.after.items() if how != "SUCCEEDED"]
    return found


def _objectives(measured: Measured, objectives: Objectives) -> list[str]:
    found = []
    rto, rpo = objectives.rto.total_seconds(), objectives.rpo.total_seconds()
    if measured.outage_seconds is not None and measured.outage_seconds > rto:
        found.append(f"the outage of {duration(measured.outage_seconds)} exceeds the RTO of {duration(rto)}")
    if measured.loss.measured_seconds > rpo:
        found.append(f"the loss of {duration(measured.loss.measured_seconds)} exceeds the RPO of {duration(rpo)}")
    return found


def _promises(recorded: Recorded, measured: Measured) -> list[str]:
    found, loss, calls = [], measured.loss, measured.calls
    predicted = loss.predicted_at_most_seconds
    if predicted is None or loss.measured_seconds > predicted:
        lost = duration(loss.measured_seconds)
        found.append(f"the loss was predicted as at most {duration(predicted)} and measured as {lost}")
    if loss.duplicated:
        found.append(f"{loss.duplicated} bookings are in the database twice")
    found += [f"{offender} on the failover path" for offender in calls.offenders]
    bound = recorded.plan.budgets.fence.total_seconds()
    if calls.fence_seconds > bound + 1:
        found.append(f"the fence took {duration(calls.fence_seconds)}, its bound is {duration(bound)}")
    if not loss.acknowledged:
        found.append("the client made no booking, so nothing was measured")
    return found
