"""What a look at a database of this region means: has the application lost it? Pure."""

from __future__ import annotations

from lyo_dr.model.facts import Probe
from lyo_dr.model.instance import ConnectionCount

_NO_DATABASE = {"down", "read_only"}
"""Words of the app contract for a database the app cannot work with (docs/app-contract.md)."""


def connections_lost(count: ConnectionCount | None, running: int | None) -> bool | None:
    """Whether nobody is connected although somebody should be; None is unknown and is not told to the metric.

    A service whose tasks were stopped has no connections, and misses none.
    """
    if count is None:
        return None
    if not count.answered:
        return True
    if count.app is None:
        return False
    return None if running is None else count.app == 0 and running > 0


def error_rate(apps: list[Probe]) -> float | None:
    """The share of the apps' answers that say there is no database to work with; None where no app answered.

    Silence and a load balancer's own error are about the service, which other observers watch.
    """
    told = [app for app in apps if app.answered]
    return sum(app.database in _NO_DATABASE for app in told) / len(told) if told else None
