"""Plans for tests: the committed plan.yaml, with what a test says differently."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan

PLAN_FILE = Path(__file__).parents[1] / "plan.yaml"


@cache
def _committed() -> dict[str, Any]:
    return dict(yaml.safe_load(PLAN_FILE.read_text(encoding="utf-8")))


def raw_plan(**changes: Any) -> dict[str, Any]:
    """The committed file as parsed, with changes: ``policy__failover="approve"``, ``databases__0__name="x"``."""
    raw = copy.deepcopy(_committed())
    for path, value in changes.items():
        *parents, last = path.split("__")
        part: Any = raw
        for name in parents:
            part = part[int(name)] if isinstance(part, list) else part.setdefault(name, {})
        if isinstance(part, list):
            part[int(last)] = value
        else:
            part[last] = value
    return raw


def lyo_plan(**changes: Any) -> Plan:
    """Lyo's plan with changes."""
    return read_plan(raw_plan(**changes))


def raw_plan_of_two(**changes: Any) -> dict[str, Any]:
    """Two databases, of which ``archive`` is not critical, and two services."""
    raw = raw_plan()
    archive = copy.deepcopy(raw["databases"][0])
    archive |= {"name": "archive", "critical": False, "backup_retention_days": 14}
    archive["instances"] = {region: f"{name}-archive" for region, name in archive["instances"].items()}
    raw["databases"].append(archive)
    worker = copy.deepcopy(raw["services"][0])
    worker |= {"name": "worker", "desired": 4, "minimum": 2}
    raw["services"][0]["database"] = worker["database"] = "bookings"
    for place in worker["places"].values():
        place["service"] += "-worker"
    raw["services"].append(worker)
    raw["traffic"]["service"] = "assistant"
    for path, value in changes.items():
        raw[path] = value
    return raw


def raw_plan_of_ways(**changes: Any) -> dict[str, Any]:
    """``bookings`` has a replica, ``reports`` is restored, ``scratch`` is left; ``reports__rpo="PT1H"`` changes one."""
    raw = raw_plan()
    raw["services"][0]["database"] = "bookings"
    for name, way in (("reports", "restore"), ("scratch", "leave")):
        database = copy.deepcopy(raw["databases"][0])
        database |= {"name": name, "critical": False, "way": way, "instances": {"eu-west-1": f"lyo-{name}"}}
        raw["databases"].append(database)
    raw["databases"][1]["restore_as"] = {
        "instance": "lyo-reports-oregon",
        "subnet_group": "lyo-databases",
        "security_groups": ["sg-0a1b2c3d4e5f60051"],
        "parameter_group": "lyo-postgres18",
    }
    for path, value in changes.items():
        name, field = path.split("__")
        {each["name"]: each for each in raw["databases"]}[name][field] = value
    return raw


def plan_of_ways(**changes: Any) -> Plan:
    """That plan, read."""
    return read_plan(raw_plan_of_ways(**changes))


def plan_of_two(**changes: Any) -> Plan:
    """That plan, read."""
    return read_plan(raw_plan_of_two(**changes))
