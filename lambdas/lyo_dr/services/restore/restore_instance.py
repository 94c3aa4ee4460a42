"""Common flow of every restore to a new instance: create or adopt, wait, evaluate, retry."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups, made_by
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.integrity import integrity_faults, last_good
from lyo_dr.decisions.restore.delayed_replica import faults_of_promoted
from lyo_dr.decisions.restore.new_instance import beside_progress, judge_restored, refused_for_now
from lyo_dr.decisions.restore.recovery_point import next_target
from lyo_dr.errors import WrongState
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import DatabaseEvidence, Judgement, NewInstance, Snapshot, Target, Window
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

    ``backups`` is called only if another attempt is needed.
    """
    database, answers = ctx.plan.database(asked.database), asked.restored
    tried, runs = attempts.all(), ctx.store.databases.runs(database.name, ctx.now())
    faults = [f"it does not respond ({answers.error})"] if answers.error else []
    faults += integrity_faults(database.integrity, answers.readings, last_good(runs, tried[-1].at))
    instead = attempts.instead() if attempts.at_delayed() else None
    faults += faults_of_promoted(answers.replay, instead.at) if instead and not answers.error else []
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
