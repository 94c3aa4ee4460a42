"""Consent to a replay: bound to the files that were shown and recorded before the replay starts."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply
from lyo_dr.decisions.restore.reconciliation import check_replay_answer
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted


def begin_replay(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """Refused while other work is in progress, and for a ledger other than the one shown."""
    whole = next(iter(ctx.store.incidents.notes(order.incident, "REPLAYABLE")), None)
    tables = _tables(ctx, whole)
    refusal = check_replay_answer(
        facts=whole["facts"] if whole else None,
        shown=order.facts,
        tables=tables,
        table=order.table,
        at_work=_at_work(ctx),
    )
    if refusal is not None or whole is None:
        sentence = refusal or "there is no ledger"
        if ctx.store.incidents.head(order.incident) is not None:
            ctx.record(order.incident, f"{by} tried to replay without effect: {sentence}")
        return Reply(status=409 if whole else 404, sentence=sentence)
    chosen = [order.table] if order.table else tables
    return _begin(whole, chosen, order, by, ctx)


def _begin(whole: dict[str, Any], chosen: list[str], order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """Numbers are unique, so two concurrent consents start one replay each."""
    number = len(ctx.store.incidents.notes(order.incident, "CONSENT")) + 1
    wanted = {"tables": chosen, "include": order.include, "also_unknown": order.also_unknown}
    asked = {"by": by, "at": ctx.now().isoformat(), "facts": order.facts, **wanted}
    while not ctx.store.incidents.record_once(order.incident, "CONSENT", f"{number:03}", **asked):
        number += 1
    replay = f"{number:03}"
    overwritten = f", {counted(len(order.include), 'conflicting row')} to overwrite" if order.include else ""
    unknown = ", with the rows of which nobody knows whether they are the damage" if order.also_unknown else ""
    sentence = f"{by} approved replay {replay} of {', '.join(chosen)} ({order.facts}){overwritten}{unknown}"
    ctx.record(order.incident, sentence)
    content = {
        "incident": msgspec.to_builtins(msgspec.json.decode(whole["incident"], type=Incident)),
        "database": whole["database"],
        "replay": replay,
        **wanted,
    }
    name = ctx.names.replay(order.incident, replay)
    stepfunctions.start(ctx.names.machine("replay_rows"), name, json.dumps(content, sort_keys=True), ctx.region)
    return Reply(status=200, sentence=f"replay {replay} of {order.incident} has started")


def _tables(ctx: StepContext, whole: dict[str, Any] | None) -> list[str]:
    """In the plan's order: referenced tables come first."""
    if whole is None:
        return []
    return [table.name for table in ctx.plan.database(str(whole["database"])).tables]


def _at_work(ctx: StepContext) -> str | None:
    """Holder of a lease, here or in the standby's table. Raises our errors if the standby does not respond."""
    standby = ctx.store.control.record().standby_region is not None
    for system in (ctx.store.control, ctx.standby.control) if standby else (ctx.store.control,):
        lease = system.lease()
        if lease is not None and lease.expires_at > ctx.now():
            return lease.holder
    return None
