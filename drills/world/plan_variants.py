"""What a drill changes in the plan: before it is moved to loopback (the customer's), or afterwards (the waits)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from lyo_dr.model.plan import Cache, Database, Maintenance, Plan, RestoreAs, Service, ServiceLocation

_MORE_DATABASES = {"customers": True, "archive": False}
"""Name, and whether traffic waits for it."""
_PATIENT_LOOKS = timedelta(seconds=4)
_MORE_SERVICES = ("web", "worker", "webhooks", "reports")


def as_it_is(plan: Plan) -> Plan:
    """No change."""
    return plan


def budgets(**seconds: float) -> Callable[[Plan], Plan]:
    """Shorter budgets, so that a failure need not be waited for."""

    def adjust(plan: Plan) -> Plan:
        changed = {name: timedelta(seconds=value) for name, value in seconds.items()}
        shortened: Plan = msgspec.structs.replace(plan, budgets=msgspec.structs.replace(plan.budgets, **changed))
        return shortened

    return adjust


def restoring(**how: object) -> Callable[[Plan], Plan]:
    """Every database restored in another way than the plan says: ``start``, ``stop`` and so on."""

    def adjust(plan: Plan) -> Plan:
        databases = [
            msgspec.structs.replace(database, restore=msgspec.structs.replace(database.restore, **how))
            for database in plan.databases
        ]
        return msgspec.structs.replace(plan, databases=databases)

    return adjust


def every(*changes: Callable[[Plan], Plan]) -> Callable[[Plan], Plan]:
    """One change after the other."""

    def adjust(plan: Plan) -> Plan:
        for change in changes:
            plan = change(plan)
        return plan

    return adjust


def rpo(seconds: float) -> Callable[[Plan], Plan]:
    """A loss that may be accepted without asking, short enough to be exceeded in a drill."""

    def adjust(plan: Plan) -> Plan:
        objectives = msgspec.structs.replace(plan.objectives, rpo=timedelta(seconds=seconds))
        return msgspec.structs.replace(plan, objectives=objectives)

    return adjust


def cooling_down(seconds: float) -> Callable[[Plan], Plan]:
    """So long nothing happens by itself after an incident."""

    def adjust(plan: Plan) -> Plan:
        policy = msgspec.structs.replace(plan.policy, cooldown=timedelta(seconds=seconds))
        return msgspec.structs.replace(plan, policy=policy)

    return adjust


def under_maintenance(plan: Plan) -> Plan:
    """Alarms start nothing, today and for a long time; people may."""
    window = Maintenance(
        begins=datetime(2020, 1, 1, tzinfo=UTC), ends=datetime(2100, 1, 1, tzinfo=UTC), why="only people start here"
    )
    return msgspec.structs.replace(plan, policy=msgspec.structs.replace(plan.policy, maintenance=[window]))


def answering_breaches(plan: Plan) -> Plan:
    """Answer a severe finding without asking for consent."""
    return msgspec.structs.replace(plan, policy=msgspec.structs.replace(plan.policy, breach="automatic"))


def with_cache(plan: Plan) -> Plan:
    """A Redis cache in each region, whose token lies in the secret of the app."""
    secret = next(iter(plan.with_logins()))
    groups = {region: f"{secret.name.split('/')[0]}-{region}" for region in plan.regions.pair}
    cache = Cache(name="sessions", secret=secret.name, key="REDIS_URL", groups=groups)
    return msgspec.structs.replace(plan, caches=[cache])


def by_record(plan: Plan) -> Plan:
    """Traffic moves by changing the record."""
    return _with_main(plan, strategy="record")


def with_two_names(plan: Plan) -> Plan:
    """A second name beside the first, for the same service: ``shop`` in the same zone."""
    front = plan.main_front()
    name = f"shop.{front.name.partition('.')[2]}"
    url = front.url.replace(front.name, name)
    return msgspec.structs.replace(plan, traffic=[*plan.fronts(), msgspec.structs.replace(front, name=name, url=url)])


def _with_main(plan: Plan, **words: object) -> Plan:
    """The main name with other words; the others stay."""
    main = plan.main_front()
    fronts = [msgspec.structs.replace(front, **words) if front is main else front for front in plan.fronts()]
    changed: Plan = msgspec.structs.replace(plan, traffic=fronts if isinstance(plan.traffic, list) else fronts[0])
    return changed


def patient(plan: Plan) -> Plan:
    """Longer stages, and looks that may lie further apart.

    A throttled call is tried again after seconds, on AWS and here, while the rehearsal's own waits are a fifteenth of
    AWS's: with them two looks would always lie too far apart, and 45 s, which stand for a promotion's 45 min, are
    over after three tries of one step.
    """
    timing = msgspec.structs.replace(plan.timing, watch_every=_PATIENT_LOOKS)
    policy = msgspec.structs.replace(plan.policy, agreement=3 * _PATIENT_LOOKS)
    longer = budgets(triage=90, promotion=150, capacity=150, switch=90, validation=60)
    return longer(msgspec.structs.replace(plan, timing=timing, policy=policy))


def many(plan: Plan) -> Plan:
    """Three databases and five services: the first of each as planned, the others made after them.

    All services of a region stand behind its one load balancer and read the first database.
    """
    database, service = plan.databases[0], plan.services[0]
    databases = [_database(database, name, critical) for name, critical in _MORE_DATABASES.items()]
    services = [msgspec.structs.replace(service, database=database.name)]
    services += [_service(services[0], name) for name in _MORE_SERVICES]
    plan = _with_main(plan, service=service.name)
    return msgspec.structs.replace(plan, databases=[database, *databases], services=services)


def with_workers(plan: Plan) -> Plan:
    """Two workers without a port: ``jobs`` runs once, behind the service of the name; ``reports`` is not critical."""
    front = plan.front_service()
    jobs = _worker(front, "jobs", after=[front.name], stop_first=True, runs_once=True)
    reports = _worker(front, "reports", after=[front.name], critical=False)
    plan = _with_main(plan, service=front.name)
    return msgspec.structs.replace(plan, services=[jobs, reports, *plan.services])


def _worker(like: Service, name: str, **words: object) -> Service:
    made = _service(like, name)
    places = {region: msgspec.structs.replace(place, url=None) for region, place in made.places.items()}
    worker: Service = msgspec.structs.replace(made, places=places, endpoints=None, database=None, **words)
    return worker


def with_ways(plan: Plan) -> Plan:
    """Two databases more, not critical and without a replica: ``reports`` is restored, ``scratch`` is left."""
    database, primary = plan.databases[0], plan.regions.primary
    reports, scratch = (_database(database, name, critical=False) for name in ("reports", "scratch"))
    stated = RestoreAs(
        instance=reports.instances[plan.regions.secondary],
        subnet_group=f"{plan.name}-dr-databases",
        security_groups=plan.networks[plan.regions.secondary].security_groups,
        parameter_group=f"{plan.name}-dr-reports",
    )
    alone = [
        msgspec.structs.replace(each, instances={primary: each.instances[primary]}, way=way, restore_as=restore_as)
        for each, way, restore_as in ((reports, "restore", stated), (scratch, "leave", None))
    ]
    services = [msgspec.structs.replace(service, database=database.name) for service in plan.services]
    return msgspec.structs.replace(plan, databases=[database, *alone], services=services)


def _database(like: Database, name: str, critical: bool) -> Database:
    instances = {region: f"{identifier}-{name}" for region, identifier in like.instances.items()}
    return msgspec.structs.replace(like, name=name, critical=critical, instances=instances)


def _service(like: Service, name: str) -> Service:
    places = {
        region: ServiceLocation(cluster=place.cluster, service=f"{place.service}-{name}", url=place.url)
        for region, place in like.places.items()
    }
    return msgspec.structs.replace(like, name=name, places=places, desired=1, minimum=1)
