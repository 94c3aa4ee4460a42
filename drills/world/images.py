"""The command behind the container image of every service: the one of the plan's rehearsal, or the booking app."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from drills.world.own_system import OwnSystem, drill_table
from local_aws.ecs.images import Image
from lyo_dr.model.plan import Plan, Service

_BOOKING_APP = (sys.executable, "-m", "drills.booking_app")
_KNOWN = {"/health", "/health/ready"}


def images(plan: Plan, own: OwnSystem | None = None) -> dict[str, Image]:
    """Map the repository of each service, as the workload stack names it, to the command to run."""
    system = own or OwnSystem()
    return {f"{plan.name}/{service.name}": _image(plan, service, system) for service in plan.services}


def _image(plan: Plan, service: Service, own: OwnSystem) -> Image:
    command = own.command(service.name)
    if command is not None:
        return Image(command=command, listens=service.listens)
    return Image(command=[*_BOOKING_APP, json.dumps(served(plan, own), sort_keys=True)], listens=True)


def served(plan: Plan, own: OwnSystem) -> Mapping[str, object]:
    """What the booking app is told: the paths of all services, which share a load balancer here, and its table."""
    listening = [service for service in plan.services if service.listens]
    endpoints = [endpoint for service in listening for endpoint in plan.endpoints_of(service)]
    ready = {service.ready_path for service in listening} | {each.path for each in endpoints if each.ready}
    answers = {each.path: each.status for each in endpoints if each.path not in ready | _KNOWN}
    table = drill_table(plan, own)
    return {
        "ready": sorted(ready),
        "answers": answers,
        "bookings": own.rehearsal.load.path,
        "schema": table.place.schema,
        "table": table.place.name,
        "keys": list(table.keys),
        "id": table.id,
        "time": table.time,
    }
