"""Results of drills to draw: a real one of ``region-loss``, and what may become of it."""

from __future__ import annotations

import copy
import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drills.report.html import render

_REAL = json.loads(Path(__file__).with_name("region-loss.json").read_text(encoding="utf-8"))
WAY = tuple[str | int, ...]
MODELLED = {
    "what": "a model",
    "parts": [
        {
            "name": "promotion and capacity at once",
            "seconds": {"low": 301.0, "typical": 612.0, "high": 1824.0},
            "of": ["RDS promotes a replica"],
        }
    ],
    "total": {"low": 301.0, "typical": 612.0, "high": 1824.0},
    "rto_seconds": 900.0,
    "figures": [
        {
            "name": "RDS promotes a replica",
            "low": 300.0,
            "typical": 600.0,
            "high": 1800.0,
            "source": "Amazon RDS User Guide",
            "says": "several minutes or longer",
            "read_as": "numbers are our reading",
            "published": False,
        }
    ],
    "stretched_seconds": {"promotion": 30.0},
}


def passed() -> dict[str, Any]:
    """The result of a drill that was played and passed, with latencies made up as later drills record them."""
    result: dict[str, Any] = copy.deepcopy(_REAL)
    seconds = result["client"]["per_second"]
    served = [one["second"] for one in seconds if one["succeeded"]]
    result["modelled"] = MODELLED
    result["client"]["latency_per_second"] = [{"second": each, "p50_ms": 4.5, "p99_ms": 11.0} for each in served]
    return result


def missed() -> dict[str, Any]:
    """Recovered, yet later and with more lost than the plan allows."""
    result = passed()
    result.update(passed=False, missed=["the outage of 13.5 s exceeds the RTO of 10 s"])
    result["target"] = {"rto": 10.0, "rpo": 1.0}
    result["bookings"].update(lost=7, measured_seconds=2.75)
    return result


def never_recovered() -> dict[str, Any]:
    """The failover stopped before the traffic was moved."""
    result = passed()
    result.update(passed=False, missed=["the client never got an answer again"])
    result["outage"].update(seconds=None, ended=None, ratio=None, failing=[{"began": 0.05, "ended": None, "failed": 9}])
    result["outage"].update(parts=result["outage"]["parts"][:4], critical_path=[])
    result["seen_from_outside"] = {"database_writable": None, "service_ready": None, "name_moved": None}
    timeline = result["incident"]["timeline"][:7]
    end = {
        "at": timeline[-1]["at"],
        "step": "AnnounceFailure",
        "sentence": "Notified responders: stopped before traffic",
    }
    result["incident"].update(ending="failed", timeline=[*timeline, end], after={})
    return result


def changed(result: dict[str, Any], way: WAY, value: Any) -> dict[str, Any]:
    """The result with another value at the end of the way."""
    found: Any = copy.deepcopy(result)
    inner = found
    for name in way[:-1]:
        inner = inner[name]
    inner[way[-1]] = value
    return found  # type: ignore[no-any-return]


def ways(value: Any, before: WAY = ()) -> Iterator[WAY]:
    """The way to every value of a result; of a list its first element stands for all."""
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value[:1]))
    for name, child in children:
        yield (*before, name)
        yield from ways(child, (*before, name))


def words_of(result: dict[str, Any]) -> str:
    """The page's source with plain spaces and without entities."""
    return " ".join(html.unescape(render(result)).split())
