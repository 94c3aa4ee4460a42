"""The plan of a rehearsal: the customer's, moved to loopback, with shorter waits. The code stays the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from drills.world.addresses import FRONT_PORT, Addresses
from drills.world.app_logins import rehearsed_secret
from local_aws.settings import DEFAULT_ACCOUNT
from lyo_dr.model.plan import (
    Budgets,
    Database,
    Evidence,
    Observers,
    Plan,
    Policy,
    Secret,
    ServiceLocation,
    Target,
    Timing,
    Traffic,
    plan_from_json,
)
from lyo_dr.model.resource_names import ResourceNames

CLOCK = 20.0
"""AWS's own clocks (health checkers, alarm periods, schedules) run so many times faster."""

LINK_SECONDS = 0.065
"""One way between the regions, laid on the replication link: about half of the round trip Ireland-Oregon (130 ms)."""

_TIMING = Timing(
    poll=timedelta(seconds=1),
    probe_timeout=timedelta(seconds=2.5),
    call_timeout=timedelta(seconds=2),
    sql_timeout=timedelta(seconds=5),
    cold_sql_timeout=timedelta(seconds=8),
    heartbeat_every=timedelta(seconds=0.5),
    heartbeat_round=timedelta(seconds=2.75),
    heartbeat_stale=timedelta(seconds=2.5),
    watch_every=timedelta(seconds=1),
    watch_round=timedelta(seconds=2.75),
)
_BUDGETS = Budgets(
    triage=timedelta(seconds=20),
    fence=timedelta(seconds=3),
    promotion=timedelta(seconds=45),
    capacity=timedelta(seconds=45),
    switch=timedelta(seconds=30),
    validation=timedelta(seconds=15),
    protection=timedelta(seconds=60),
    restore=timedelta(seconds=60),
    first_reading=timedelta(seconds=60),
    consent=timedelta(seconds=60),
)
_STRETCHED_BUDGETS = msgspec.structs.replace(
    _BUDGETS,
    promotion=timedelta(seconds=120),
    capacity=timedelta(seconds=90),
    protection=timedelta(seconds=240),
)
"""When phases last as long as the model of AWS says, divided by the clock factor: at least twice its typical."""
_WITH_DURATIONS = ("policy", "timing", "budgets", "evidence")
_SEARCH = timedelta(minutes=5)
"""Looks a second apart fill an execution's history fifteen times as fast as on AWS; a search here needs seconds."""
_AGREEMENT = timedelta(seconds=5)
"""Longer than a database of the rehearsal takes to come back on the same side, as on AWS."""
_COOLDOWN = timedelta(minutes=3)
_TTL = timedelta(seconds=1)
_LATE = timedelta(seconds=5)
"""The local AWS delivers events of its trail at once."""


@dataclass(frozen=True)
class Change:
    """One value of the plan that the rehearsal replaced, for the report."""

    path: str
    planned: str
    rehearsed: str


@dataclass(frozen=True)
class RehearsalPlan:
    """The plan that is deployed in a rehearsal, and everything that differs from the customer's."""

    plan: Plan
    changes: tuple[Change, ...]


def for_rehearsal(plan: Plan, places: Addresses, *, stretched: bool = False) -> RehearsalPlan:
    """Names, limits and targets stay; account, addresses and waits are the rehearsal's.

    ``stretched`` leaves time for phases as long as the model of AWS's durations says.
    """
    fronts = {region: places.front(index) for index, region in enumerate(plan.regions.pair)}
    rehearsed = msgspec.structs.replace(
        plan,
        account=DEFAULT_ACCOUNT,
        workload="reference",
        objectives=_objectives(plan),
        databases=[_searched_sooner(database) for database in plan.databases],
        services=[_at(service, fronts) for service in plan.services],
        traffic=_names(plan, fronts, places),
        secrets=[_with_issuer(rehearsed_secret(secret), places) for secret in plan.secrets],
        observers=Observers(witness=f"http://127.0.0.1:{places.gateway_port}/_gateway/ping/{{region}}"),
        policy=_policy(plan.policy),
        timing=_TIMING,
        evidence=_evidence(plan),
        # The user's functions are not on this machine; the drill `hooks` brings functions of its own.
        hooks=[],
        budgets=msgspec.structs.replace(_STRETCHED_BUDGETS if stretched else _BUDGETS, lease=plan.budgets.lease),
    )
    rehearsed = _in_our_account(rehearsed, plan.account)
    return RehearsalPlan(plan=rehearsed, changes=tuple(_changes(plan, rehearsed)))


def _in_our_account(rehearsed: Plan, customers: str) -> Plan:
    """With every ARN of the customer's account moved into the local one: a reader of evidence, a key, a trail."""
    return plan_from_json(rehearsed.to_json().replace(f":{customers}:", f":{DEFAULT_ACCOUNT}:"))


def adjusted(rehearsal: RehearsalPlan, customer: Plan, adjust: Callable[[Plan], Plan]) -> RehearsalPlan:
    """The rehearsal's plan changed once more; differences from the customer's are listed again."""
    plan = adjust(rehearsal.plan)
    return RehearsalPlan(plan=plan, changes=tuple(_changes(customer, plan)))


def _objectives(plan: Plan) -> Any:
    """Stages may take as long as the rehearsal's budgets; the drill is judged against the customer's objectives."""
    return msgspec.structs.replace(plan.objectives, rto=max(plan.objectives.rto, timedelta(hours=4)))


def _policy(policy: Policy) -> Policy:
    return msgspec.structs.replace(policy, agreement=_AGREEMENT, cooldown=_COOLDOWN)


def _searched_sooner(database: Database) -> Database:
    restore = database.restore
    sooner = msgspec.structs.replace(restore, search_budget=min(restore.search_budget, _SEARCH))
    return msgspec.structs.replace(database, restore=sooner)


def _at(service: Any, fronts: dict[str, str]) -> Any:
    places = {
        region: ServiceLocation(
            cluster=place.cluster,
            service=place.service,
            url=f"http://{fronts[region]}:{FRONT_PORT}" if place.url else None,
        )
        for region, place in service.places.items()
    }
    return msgspec.structs.replace(service, places=places)


def _with_issuer(secret: Secret, places: Addresses) -> Secret:
    """Keys are tried at the rehearsal's issuer; header, method and statuses stay the customer's."""
    issued = [
        msgspec.structs.replace(
            each, test=msgspec.structs.replace(each.test, url=f"http://127.0.0.1:{places.issuer_port}/{each.key}")
        )
        for each in secret.issued
    ]
    return msgspec.structs.replace(secret, issued=issued)


def _names(plan: Plan, fronts: dict[str, str], places: Addresses) -> Traffic | list[Traffic]:
    moved = [_traffic(front, fronts, places) for front in plan.fronts()]
    return moved if isinstance(plan.traffic, list) else moved[0]


def _traffic(traffic: Traffic, fronts: dict[str, str], places: Addresses) -> Traffic:
    url = urlunsplit(("http", f"{urlsplit(traffic.url).hostname}:{FRONT_PORT}", "", "", ""))
    return msgspec.structs.replace(
        traffic,
        url=url,
        ttl=_TTL,
        resolvers=[places.resolver],
        targets={region: Target(address=address) for region, address in fronts.items()},
    )


def _evidence(plan: Plan) -> Evidence:
    """The log groups of the reference workload, and no wait for trail events, which the local AWS delivers at once."""
    groups = {
        region: [f"/{ResourceNames(plan, region).prefix}/workload/{service.name}" for service in plan.services]
        for region in plan.regions.pair
    }
    return msgspec.structs.replace(plan.evidence, log_groups=groups, trail=None, late_after=_LATE)


def _changes(plan: Plan, rehearsed: Plan) -> list[Change]:
    """Every duration that differs, and hooks that are left out; addresses are not worth a line each."""
    parts = [(part, getattr(plan, part), getattr(rehearsed, part)) for part in _WITH_DURATIONS]
    parts += [("traffic", before, after) for before, after in zip(plan.fronts(), rehearsed.fronts(), strict=True)]
    for before, after in zip(plan.databases, rehearsed.databases, strict=True):
        parts.append((f"databases.{before.name}.restore", before.restore, after.restore))
    changes = []
    for part, planned, now in parts:
        for field in planned.__struct_fields__:
            old, new = getattr(planned, field), getattr(now, field)
            if isinstance(old, timedelta) and old != new:
                changes.append(Change(f"{part}.{field}", _seconds(old), _seconds(new)))
    if plan.hooks:
        changes.append(Change("hooks", _named(plan), _named(rehearsed)))
    return changes


def _named(plan: Plan) -> str:
    return ", ".join(hook.name for hook in plan.hooks) or "none: their functions are not on this machine"


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():g} s"
