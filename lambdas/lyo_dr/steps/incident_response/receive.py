"""In front of the door: translates an event into the input of an incident, and starts it under a name of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import environment, log
from lyo_dr.adapters.aws import executions
from lyo_dr.decisions.signals import execution_name, signal_from_event
from lyo_dr.model.names import Names


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Deliveries of the same alarm get the same name and the same input: one execution, however many copies."""
    if event.get("warm") is True:
        return {"warm": True}
    plan, region = environment.plan(), environment.region()
    signal = signal_from_event(event, plan)
    name = execution_name(signal)
    canonical = msgspec.json.encode({"signal": signal}, order="deterministic").decode()
    started = executions.start(Names(plan, region).machine("incident_response"), name, canonical, region)
    log.say("A signal starts an incident" if started else "A copy of a signal was dropped", incident=name)
    return {"incident": name, "started": started}
