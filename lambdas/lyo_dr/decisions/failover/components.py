"""Whether traffic may move, after databases were promoted and services scaled up in parallel."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.decisions.common.turns import after_authority
from lyo_dr.decisions.failover.recovery_method import left_sentence
from lyo_dr.model.plan import Plan, Service


class Component(msgspec.Struct, frozen=True):
    """Result of one database or service; ``error`` as caught by the state machine."""

    name: str
    recovered: bool
    error: dict[str, Any] | None = None


class Components(msgspec.Struct, frozen=True):
    """Results of all databases and services."""

    databases: list[Component]
    services: list[Component]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """``blockers`` keep traffic from moving; ``sentence`` names everything that did not recover."""

    sentence: str
    blockers: list[str]
    after_authority: list[str] = []
    """Services that are raised once this region has taken authority."""


def judge_components(plan: Plan, places: Components, region: str) -> Judgement:
    """Traffic waits for every critical service and database; the rest is reported and left to people."""
    databases = [place for place in places.databases if not place.recovered]
    services = [place for place in places.services if not place.recovered]
    blockers = [_sentence("database", place) for place in databases if plan.database(place.name).critical]
    blockers += [_sentence("service", place) for place in services if plan.service(place.name).critical]
    if blockers:
        return Judgement(sentence=f"Traffic stays: {'; '.join(blockers)}", blockers=blockers)
    rest = [_sentence("database", place) for place in databases]
    rest += [_sentence("service", place) for place in services]
    waited_for = [s for s in places.services if s.recovered and _was_waited_for(plan.service(s.name))]
    up = (
        f"Databases {_verb(plan, places)}: {len(places.databases) - len(databases)}, services stable: {len(waited_for)}"
    )
    later = after_authority(plan)
    lines = [up, *(f"not critical, left as is: {line}" for line in rest)]
    left = left_sentence(plan.left_by(region), plan.regions.peer_of(region))
    lines += [left] if left else []
    lines += [f"raised after authority is taken: {', '.join(later)}"] if later else []
    return Judgement(sentence="; ".join(lines), blockers=[], after_authority=later)


def _verb(plan: Plan, places: Components) -> str:
    return "promoted" if all(plan.database(each.name).has_replica for each in places.databases) else "recovered"


def _was_waited_for(service: Service) -> bool:
    return service.critical and not service.runs_once


def _sentence(kind: str, place: Component) -> str:
    name, cause = innermost(place.error or {})
    return f"{kind} {place.name}: {name}: {cause}" if cause else f"{kind} {place.name}: {name}"
