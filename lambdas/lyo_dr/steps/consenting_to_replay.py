"""A person's consent to a replay: to the files that were shown, on the incident's record, and only then begun."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from lyo_dr.adapters.aws import executions
from lyo_dr.decisions.ledger import rule_on_replay
from lyo_dr.decisions.orders import Order, Reply
from lyo_dr.doorman import Here
from lyo_dr.model.incident import Incident


def begin_replay(order: Order, by: str, here: Here) -> Reply:
    """Refused while other work is under way, and for a ledger that is not the one that was shown."""
    whole = next(iter(here.incidents.notes(order.incident, "REPLAYABLE")), None)
    tables = _tables(here, whole)
    refusal = rule_on_replay(
        facts=whole["facts"] if whole else None,
        shown=order.facts,
        tables=tables,
        table=order.table,
        at_work=_at_work(here),
    )
    if refusal is not None or whole is None:
        sentence = refusal or "there is no ledger"
        if here.incidents.head(order.incident) is not None:
            here.tell(order.incident, f"{by} wanted to replay; it changes nothing: {sentence}")
        return Reply(status=409 if whole else 404, sentence=sentence)
    chosen = [order.table] if order.table else tables
    return _begin(whole, chosen, order, by, here)


def _begin(whole: dict[str, Any], chosen: list[str], order: Order, by: str, here: Here) -> Reply:
    """Numbers are given out once, so two people who consent at the same moment begin one replay each."""
    number = len(here.incidents.notes(order.incident, "CONSENT")) + 1
    asked = {"by": by, "at": here.now().isoformat(), "facts": order.facts, "tables": chosen, "include": order.include}
    while not here.incidents.note(order.incident, "CONSENT", f"{number:03}", **asked):
        number += 1
    replay = f"{number:03}"
    overwritten = f", {len(order.include)} conflicting rows named to be overwritten" if order.include else ""
    here.tell(order.incident, f"{by} consented to replay {replay} of {', '.join(chosen)} ({order.facts}){overwritten}")
    content = {
        "incident": msgspec.to_builtins(msgspec.json.decode(whole["incident"], type=Incident)),
        "database": whole["database"],
        "replay": replay,
        "tables": chosen,
        "include": order.include,
    }
    name = here.names.replay(order.incident, replay)
    executions.start(here.names.machine("replay_rows"), name, json.dumps(content, sort_keys=True), here.region)
    return Reply(status=200, sentence=f"replay {replay} of {order.incident} has begun")


def _tables(here: Here, whole: dict[str, Any] | None) -> list[str]:
    """In the plan's order: what others refer to comes first."""
    if whole is None:
        return []
    return [table.name for table in here.plan.database(str(whole["database"])).tables]


def _at_work(here: Here) -> str | None:
    """Who holds a lease, here or in the standby's table. Raises our errors when the standby does not answer."""
    standby = here.system.record().standby_region is not None
    for system in (here.system, here.standby_system) if standby else (here.system,):
        lease = system.lease()
        if lease is not None and lease.expires_at > here.now():
            return lease.holder
    return None
