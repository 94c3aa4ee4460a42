"""The command behind the container image of every service: the booking app."""

from __future__ import annotations

import sys

from lyo_dr.model.plan import Plan

_BOOKING_APP = (sys.executable, "-m", "drills.booking_app")


def images(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Map the repository of each service, as the workload stack names it, to the command to run."""
    return {f"{plan.name}/{service.name}": _BOOKING_APP for service in plan.services}
