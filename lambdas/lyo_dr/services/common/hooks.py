"""Hooks of a stage: which is next, the call, and its record on the incident."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters.aws.hooks import RUNNING, HookRaised, NotTheContract, call_function, run_machine
from lyo_dr.context import StepContext, whole_seconds
from lyo_dr.decisions.common.hooks.answer import LARGEST, Heard, cut, read_answer
from lyo_dr.decisions.common.hooks.event import event_of
from lyo_dr.decisions.common.hooks.verdict import HookStatus, HookVerdict, judge_hook
from lyo_dr.errors import LyoDrError, ServiceUnreachable, Throttled
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Hook, HookStage
from lyo_dr.model.plan.hooks import STAGES

_NOTE = "HOOK"
_LONGEST_CALL = 15
"""Seconds a function is waited for in one call: ours is stopped after 30 s. What takes longer answers ``pending``."""

_MOST_LINES = 20
"""A hook that says something new at each call may fill a timeline."""


class HookRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How far a hook is. ``execution`` is the run of the incident that called it."""

    execution: str
    began: datetime
    calls: int = 0
    failures: int = 0
    outcome: str = ""
    status: HookStatus = "pending"
    sentence: str = ""


def call_next(ctx: StepContext, incident: Incident, stage: HookStage) -> HookVerdict:
    """Call the first hook of the stage that is not settled; ``done`` when all are."""
    for hook in ctx.plan.hooks_at(stage):
        record = _record(ctx, incident, hook)
        if record.outcome == "stopped":
            return HookVerdict(status=record.status, sentence=record.sentence, outcome="stopped")
        if not record.outcome:
            return _call(ctx, incident, hook, record)
    return HookVerdict(status="done", sentence=f"Hooks {stage}: all settled")


def without_success(ctx: StepContext, incident_id: str) -> list[str]:
    """Names of the hooks that a failover went on without: they failed, or were not called to the end."""
    found = (
        (hook.name, ctx.store.incidents.read_note(incident_id, _NOTE, hook.name))
        for stage in STAGES
        for hook in ctx.plan.hooks_at(stage)
    )
    return [name for name, note in found if note is None or note.get("outcome") != "done"]


def _record(ctx: StepContext, incident: Incident, hook: Hook) -> HookRecord:
    """What is on record; one that did not succeed in an earlier run of the incident is called again."""
    execution = incident.execution or incident.id
    note = ctx.store.incidents.read_note(incident.id, _NOTE, hook.name)
    if note is not None and (note["execution"] == execution or note["outcome"] == "done"):
        return msgspec.convert({name: note[name] for name in HookRecord.__struct_fields__}, HookRecord, strict=False)
    return HookRecord(execution=execution, began=ctx.now())


def _call(ctx: StepContext, incident: Incident, hook: Hook, before: HookRecord) -> HookVerdict:
    record = msgspec.structs.replace(before, calls=before.calls + 1)
    _keep(ctx, incident, hook, record)
    heard = _ask(ctx, incident, hook, record)
    if heard.kind == "raised":
        record = msgspec.structs.replace(record, failures=record.failures + 1)
    verdict = judge_hook(
        hook,
        heard,
        deadline=ctx.deadline(record.began, hook.budget),
        failures=record.failures,
        promoted=has_promoted(ctx, incident),
    )
    if verdict.outcome is not None or (verdict.sentence != before.sentence and record.calls <= _MOST_LINES):
        ctx.record(incident.id, verdict.sentence)
    after = {"outcome": verdict.outcome or "", "status": verdict.status, "sentence": verdict.sentence}
    _keep(ctx, incident, hook, msgspec.structs.replace(record, **after))
    return verdict


def _ask(ctx: StepContext, incident: Incident, hook: Hook, record: HookRecord) -> Heard:
    """Whatever goes wrong with it is a report about the hook, never a failure of ours."""
    deadline = ctx.deadline(record.began, hook.budget)
    event = event_of(hook, incident, attempt=record.calls, deadline=deadline.ends_at)
    try:
        content = _answer(ctx, incident, hook, event, deadline)
    except HookRaised as failure:
        return Heard("failed" if hook.state_machine else "raised", cut(str(failure)))
    except NotTheContract as failure:
        return Heard("unusable", cut(str(failure)))
    except (ServiceUnreachable, Throttled) as silence:
        return Heard("silent", type(silence).__name__)
    except LyoDrError as refusal:
        return Heard("failed", cut(f"{type(refusal).__name__}: {refusal}"))
    return Heard("pending") if content is RUNNING else read_answer(content)


def _answer(ctx: StepContext, incident: Incident, hook: Hook, event: dict[str, Any], deadline: Deadline) -> Any:
    arn, account = hook.arn(ctx.region, ctx.plan.account), ctx.plan.account
    if hook.state_machine:
        run = hashlib.sha256((incident.execution or incident.id).encode()).hexdigest()[:12]
        name = f"lyo-dr-{hook.name}-{run}"
        return run_machine(arn, hook.execution(ctx.region, account, name), event, ctx.region, largest=LARGEST)
    # Whole seconds: a client is kept for each length of its timeout.
    seconds = min(_LONGEST_CALL, whole_seconds(deadline.ends_at - deadline.now))
    return call_function(arn, event, ctx.region, seconds=seconds, largest=LARGEST)


def _keep(ctx: StepContext, incident: Incident, hook: Hook, record: HookRecord) -> None:
    ctx.store.incidents.checkpoint(incident.id, _NOTE, hook.name, **msgspec.to_builtins(record))


def has_promoted(ctx: StepContext, incident: Incident) -> bool:
    """Whether the point of no return is passed, by this run of the incident or an earlier one."""
    notes = ctx.store.incidents.notes
    return bool(notes(incident.id, "PROMOTION") or notes(incident.id, "POINTED"))
