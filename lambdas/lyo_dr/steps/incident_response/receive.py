"""In front of the door: translates an event into the input of an incident, and starts it under a name of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import environment, log
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.decisions.incident.findings import breach_name, signal_of
from lyo_dr.decisions.incident.signals import execution_name
from lyo_dr.errors import LyoDrError
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames


@log.invocation
def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Deliveries of the same alarm get the same name and the same input: one execution, however many copies."""
    if event.get("warm") is True:
        return {"warm": True}
    plan, region = environment.plan(), environment.region()
    signal = signal_of(event, plan)
    if isinstance(signal, str):
        log.say(signal)
        return {"ignored": signal}
    name = breach_name(signal) if signal.kind == "breach" else execution_name(signal)
    log.correlate(name, name)
    canonical = msgspec.json.encode({"signal": signal}, order="deterministic").decode()
    started = stepfunctions.start(ResourceNames(plan, region).machine("incident_response"), name, canonical, region)
    if signal.kind == "breach":
        _tell_peer(signal, plan, name, canonical, region)
    log.say("A signal starts an incident" if started else "A copy of a signal was dropped", incident=name)
    return {"incident": name, "started": started}


def _tell_peer(signal: Signal, plan: Plan, name: str, canonical: str, region: str) -> None:
    """A breach is worked on where users are served, which may be the other region; each door knows its own role."""
    peer = plan.regions.peer_of(region)
    try:
        stepfunctions.start(ResourceNames(plan, peer).machine("incident_response"), name, canonical, peer, brief=True)
    except LyoDrError as silence:
        log.warn(f"{peer} was not told of a breach seen in {signal.region}: {silence}", incident=name)
