"""What can be meant, and mostly is not: warnings, each a sentence with its path, beside a plan that can be used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cli.plan_reader.integrity_sql import tables
from drills.durations.model import FIGURES
from drills.durations.outage import failover_on_aws
from lyo_dr.model.durations import humanize
from lyo_dr.model.near import nearest
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.notices import notices
from lyo_dr.model.plan.rules.fronts import by_path

_BACKUPS_BEHIND = timedelta(minutes=10)
"""RDS archives the log every five minutes (User Guide, "Restoring a DB instance to a specified time"), and then copies
it to the other region."""

_LONGEST_TTL = timedelta(seconds=60)
"""What the app contract asks of names (docs/app-contract.md)."""


def warnings(plan: Plan) -> list[str]:
    """Every warning, in the order of the checks."""
    return [*(sentence for check in _CHECKS for sentence in check(plan)), *notices(plan)]


def _objectives(plan: Plan) -> Iterator[str]:
    aims = plan.objectives
    if aims.rpo > aims.rto:
        yield (
            f"objectives.rpo: {humanize(aims.rpo)} is more than objectives.rto ({humanize(aims.rto)}): "
            "so much work may be lost without anybody being asked"
        )
    if aims.mttr > aims.rto:
        yield f"objectives.mttr: {humanize(aims.mttr)}, the mean, is more than objectives.rto ({humanize(aims.rto)})"


def _budgets(plan: Plan) -> Iterator[str]:
    """A budget below what the model of AWS calls ordinary fails a recovery that is going well."""
    fronts = plan.fronts()
    names = "propagation" if any(front.strategy == "record" for front in fronts) else "metric"
    for budget, figure, least in (
        ("promotion", "promotion", plan.budgets.promotion),
        ("capacity", "task_start", plan.budgets.capacity),
        ("switch", names, plan.budgets.switch - max(front.ttl for front in fronts)),
        ("protection", "modification", plan.budgets.protection),
        ("restore", "restore", plan.budgets.restore),
    ):
        typical = timedelta(seconds=FIGURES[figure].typical)
        if least < typical:
            with_ttl = " and traffic.ttl" if budget == "switch" else ""
            yield (
                f"budgets.{budget}: {humanize(getattr(plan.budgets, budget))} is less than AWS ordinarily takes "
                f"({humanize(typical)}{with_ttl}, by the model of docs/drills.md); raise it"
            )


def _model(plan: Plan) -> Iterator[str]:
    """An objective that AWS does not ordinarily allow is missed although every budget is kept."""
    typical = timedelta(seconds=round(failover_on_aws(plan)[1]))
    if typical > plan.objectives.rto:
        yield (
            f"objectives.rto: {humanize(plan.objectives.rto)} is less than a failover ordinarily takes on AWS "
            f"({humanize(typical)} from the loss on, by the model of docs/drills.md); raise it"
        )


def _traffic(plan: Plan) -> Iterator[str]:
    for path, front in by_path(plan):
        if front.ttl > _LONGEST_TTL:
            lives = humanize(front.ttl)
            yield f"{path}.ttl: clients keep the address of a lost region for {lives}; write PT60S or less"
    if len(plan.fronts()) > 1:
        behind = {service.name for front in plan.fronts() for service in plan.services_behind(front)}
        for index, service in enumerate(plan.services):
            if service.critical and service.listens and service.name not in behind:
                yield f"services[{index}]: {service.name} is behind no name of traffic, so nothing asks it as users do"


def _endpoints(plan: Plan) -> Iterator[str]:
    asked = [endpoint for service in plan.services for endpoint in plan.endpoints_of(service)]
    if not any(endpoint.ready for endpoint in asked):
        yield "endpoints: none has ready: true, so that no check proves that the application can write"


def _data(plan: Plan) -> Iterator[str]:
    if not any(database.critical for database in plan.databases):
        yield "databases: none is critical, so that traffic waits for no promotion"
    for index, database in enumerate(plan.databases):
        if not database.integrity:
            yield f"databases[{index}]: no integrity query, so that damaged data is found by people alone"


def _ways(plan: Plan) -> Iterator[str]:
    """Without a replica more is lost, and nobody hears whether the primary lives."""
    if not plan.replicated():
        yield "databases: none has a replica that would hear its primary, so that every failover asks for approval"
    for index, database in enumerate(plan.databases):
        if database.way == "restore" and plan.rpo_of(database) < _BACKUPS_BEHIND:
            path = f"databases[{index}].rpo" if database.rpo is not None else "objectives.rpo"
            yield (
                f"{path}: {humanize(plan.rpo_of(database))} for {database.name}, which is restored from replicated "
                f"backups: these may end {humanize(_BACKUPS_BEHIND)} before the outage; raise it, or give it a replica"
            )


def _queries(plan: Plan) -> Iterator[str]:
    """A query may read any table; one that is nearly a table of the plan is mostly mistyped."""
    for index, database in enumerate(plan.databases):
        known = {table.name.rpartition(".")[2].strip('"') for table in database.tables}
        for number, query in enumerate(database.integrity):
            for name in sorted(tables(query.sql) - known):
                if near := nearest(name, known):
                    yield f"databases[{index}].integrity[{number}].sql: reads {name!r}; did you mean {near!r}?"


_CHECKS = (_objectives, _budgets, _model, _traffic, _endpoints, _data, _ways, _queries)
