"""Common flow of every restore to a new instance: create or adopt, wait, evaluate, retry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups, made_by
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.integrity import answered_faults, last_good, without_verdict
from lyo_dr.decisions.restore.delayed_replica import faults_of_promoted
from lyo_dr.decisions.restore.new_instance import (
    beside_progress,
    judge_restored,
    judge_silent,
    refused_for_now,
)
from lyo_dr.decisions.restore.recovery_point import next_target
from lyo_dr.errors import WrongState
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import DatabaseEvidence, IntegrityCheck, Judgement, NewInstance, Snapshot, Target, Window
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.deadlines import Execution, no_time_to_restore


def advance(
    ctx: StepContext, attempts: Attempts, planned: str, run: Execution, begin: Callable[[str, Target], NewInstance]
) -> NewInstance:
    """The attempt at work, one look further. ``begin`` makes the instance of this name where there is none yet.

    None is made that could not be put in place before the state machine is timed out: that rolls nothing back.
    """
    name, target = attempts.instance(planned), attempts.all()[-1]
    deadline = ctx.deadline(attempts.begun(), ctx.plan.budgets.restore)
    found = Backups(ctx.region).find(name)
    if found is not None:
        verdict = beside_progress(found, ours=made_by(found, attempts.maker()), target=target, deadline=deadline)
    elif late := no_time_to_restore(ctx, run, attempts.begun(), name):
        verdict = NewInstance(status="broken", sentence=late, identifier=name)
    else:
        try:
            verdict = begin(name, target)
        except WrongState as refusal:
            verdict = refused_for_now(str(refusal), name, deadline)
    return verdict


class Judged(msgspec.Struct, frozen=True):
    """The incident, the database, the restored instance, and its answers."""

    incident: Incident
    database: str
    beside: NewInstance
    restored: DatabaseEvidence


def judge(
    ctx: StepContext, asked: Judged, attempts: Attempts, backups: Callable[[], tuple[Window, list[Snapshot]]]
) -> Judgement:
    """Compare with the last good run before the recovery point; the next attempt is recorded before it is made.

    Only a wrong answer leads to an earlier recovery point. ``backups`` is called only then.
    """
    database, answers = ctx.plan.database(asked.database), asked.restored
    tried, runs = attempts.all(), ctx.store.databases.runs(database.name, ctx.now())
    instead = attempts.instead() if attempts.at_delayed() else None
    baseline = last_good(runs, tried[-1].at)
    faults = answered_faults(database.integrity, answers.readings, baseline)
    faults += faults_of_promoted(answers.replay, instead.at) if instead and answers.replay else []
    silent = _silent(ctx, asked, baseline, promoted=instead is not None)
    if silent and not faults:
        verdict = _judge_silent(ctx, asked, attempts, silent)
    else:
        verdict = judge_restored(
            faults,
            name=asked.beside.identifier,
            tried=attempts.restores(),
            most=database.restore.max_restores,
            after=(instead or next_target(tried, runs, *backups())) if faults else None,
        )
    if verdict.target is not None:
        attempts.add(len(tried) + 1, verdict.target)
    return verdict


def reading_deadline(ctx: StepContext, database: str, available_at: datetime) -> Deadline:
    """Until when the integrity queries of a restored instance may find no time; prewarming comes before."""
    return ctx.deadline(available_at, ctx.plan.database(database).restore.warm_budget + ctx.plan.budgets.first_reading)


def _silent(ctx: StepContext, asked: Judged, baseline: IntegrityCheck | None, *, promoted: bool) -> list[str]:
    """What is not answered yet. Of a promoted delayed replica its replay position is asked, too."""
    if asked.restored.error is not None:
        return [f"it does not respond ({asked.restored.error})"]
    checks = ctx.plan.database(asked.database).integrity
    unread = ["its replay position"] if promoted and asked.restored.replay is None else []
    return [*without_verdict(checks, asked.restored.readings, baseline), *unread]


def _judge_silent(ctx: StepContext, asked: Judged, attempts: Attempts, silent: list[str]) -> Judgement:
    """A recovery point is restored twice at most for want of an answer; a delayed replica is replaced by a restore."""
    tried, delayed = attempts.all(), attempts.at_delayed()
    target = attempts.instead() if delayed else tried[-1]
    begun = asked.beside.available_at or attempts.begun()
    return judge_silent(
        silent,
        name=asked.beside.identifier,
        deadline=reading_deadline(ctx, asked.database, begun),
        target=target,
        again=(delayed or tried.count(target) == 1)
        and attempts.restores() < ctx.plan.database(asked.database).restore.max_restores,
    )
