"""Receive: translate an event into the input of an incident and start it under an idempotent execution name."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import clock, environment, log
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.decisions.incident.findings import breach_name, signal_of
from lyo_dr.decisions.incident.signals import execution_name, from_the_future
from lyo_dr.errors import BadSignal, LyoDrError
from lyo_dr.handler import prewarms
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames


@log.invocation
def handler(event: Any, _context: object = None) -> dict[str, Any]:
    """Duplicate deliveries of an alarm get the same name and input, so there is one execution (idempotent).

    Raises BadSignal with one sentence for anything else than a known event. EventBridge's copy of it then ends in the
    dead-letter queue, and the alarms of the function and of the queue notify the responders.
    """
    if prewarms(event):
        return {"warm": True}
    plan, region = environment.plan(), environment.region()
    signal = signal_of(event, plan)
    if isinstance(signal, str):
        log.say(signal)
        return {"ignored": signal}
    if (ahead := from_the_future(signal, clock.now())) is not None:
        raise BadSignal(ahead)
    name = breach_name(signal) if signal.kind == "breach" else execution_name(signal)
    log.correlate(name, name)
    canonical = msgspec.json.encode({"signal": signal}, order="deterministic").decode()
    started = stepfunctions.start(ResourceNames(plan, region).machine("incident_response"), name, canonical, region)
    if signal.kind == "breach":
        _tell_peer(signal, plan, name, canonical, region)
    log.say("A signal starts an incident" if started else "Dropped a duplicate signal", incident=name)
    return {"incident": name, "started": started}


def _tell_peer(signal: Signal, plan: Plan, name: str, canonical: str, region: str) -> None:
    """Forward a breach to the other region, too: it is handled in the active one, and each region knows its role."""
    peer = plan.regions.peer_of(region)
    try:
        stepfunctions.start(ResourceNames(plan, peer).machine("incident_response"), name, canonical, peer, brief=True)
    except LyoDrError as silence:
        log.warn(f"{peer} was not notified of a breach detected in {signal.region}: {silence}", incident=name)
