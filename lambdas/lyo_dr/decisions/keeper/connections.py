"""Whether the application has lost a database of this region. Pure."""

from __future__ import annotations

from lyo_dr.model.facts import Probe
from lyo_dr.model.instance import ConnectionCount

_NO_DATABASE = {"down", "read_only"}
"""Values of the app contract for an unusable database (docs/app-contract.md)."""


def connections_lost(count: ConnectionCount | None, running: int | None) -> bool | None:
    """Whether the app has no session although it should; None is unknown and is not published as a metric.

    A service whose tasks were stopped needs no connections.
    """
    if count is None:
        return None
    if not count.answered:
        return True
    if count.app is None:
        return False
    return None if running is None else count.app == 0 and running > 0


def error_rate(apps: list[Probe]) -> float | None:
    """Share of app responses that report an unusable database; None if no app responded.

    Timeouts and errors of the load balancer concern the service, which other observers watch.
    """
    answering = [app for app in apps if app.answered]
    return sum(app.database in _NO_DATABASE for app in answering) / len(answering) if answering else None
