"""Whether traffic may move, after databases were promoted and services scaled up in parallel."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.model.plan import Plan


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


def judge_components(plan: Plan, places: Components) -> Judgement:
    """Traffic waits for every critical service and database; the rest is reported and left to people."""
    databases = [place for place in places.databases if not place.recovered]
    services = [place for place in places.services if not place.recovered]
    blockers = [_sentence("database", place) for place in databases if plan.database(place.name).critical]
    blockers += [_sentence("service", place) for place in services if plan.service(place.name).critical]
    if blockers:
        return Judgement(sentence=f"Traffic stays: {'; '.join(blockers)}", blockers=blockers)
    rest = [_sentence("database", place) for place in databases]
    rest += [_sentence("service", place) for place in services]
    promoted, stable = len(places.databases) - len(databases), len(places.services) - len(services)
    up = f"Databases promoted: {promoted}, services stable: {stable}"
    return Judgement(sentence="; ".join([up, *(f"not critical, left as is: {line}" for line in rest)]), blockers=[])


def _sentence(kind: str, place: Component) -> str:
    name, cause = innermost(place.error or {})
    return f"{kind} {place.name}: {name}: {cause}" if cause else f"{kind} {place.name}: {name}"
