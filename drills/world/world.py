"""A whole world on loopback: two regions and us-east-1, deployed from the synthesised templates, working."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from drills.durations.model import stretched
from drills.world.addresses import FRONT_PORT, Reservation
from drills.world.images import images
from drills.world.onboard import master_dsn, onboard
from drills.world.own_system import DrillTable, OwnSystem, drill_table
from drills.world.rehearsal_plan import CLOCK, LINK_SECONDS, RehearsalPlan, adjusted, for_rehearsal
from drills.world.synth import synthesise
from local_aws.data_plane.host import DataHost
from local_aws.deploy import deploy, stack_names
from local_aws.elasticache.redis_servers import redis_server
from local_aws.local import LocalAws
from local_aws.run_folders import run_folder
from lyo_dr.adapters.dns import resolve
from lyo_dr.adapters.http import probe
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import DETECTION_REGION, ResourceNames

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "assemblies"
ASSEMBLY = "assembly"
"""The templates that are left there, without what they deploy."""
_CALLER = "drill"
"""The name of the drill's own calls in the record of calls; faults spare it."""
KEEP_CALLS = "REHEARSAL_KEEP_CALLS"
"""A folder in the environment variable of this name receives the plan and the calls of every world that ends."""

_RECOVERY = ("region_failover", "restore_replicated", "incident_response", "operator")
_WARM_AT_ONCE = 4
_ON_THE_WAY = (
    "communications",
    "incident_response",
    "gather_facts",
    "region_failover",
    "fence_region",
    "promote_database",
    "deploy_service",
    "validate_recovery",
    "switch_traffic",
    "await_consent",
    "database_restore",
)
Say = Callable[[str], None]


class WorldNotReadyError(RuntimeError):
    """Something did not come up in time; the message says what."""


class World:
    """Start it, break it, stop it. Everything it starts or writes is gone after ``stop``."""

    def __init__(
        self,
        plan: Plan,
        say: Say = lambda _sentence: None,
        *,
        adjust: Callable[[Plan], Plan] = lambda plan: plan,
        warm: bool = True,
        aws_timing: bool = False,
        both_ways: bool = False,
        active: bool = False,
        everything: bool = False,
        own: OwnSystem | None = None,
    ) -> None:
        """``adjust`` changes the rehearsal's plan once more; without ``warm`` functions start cold.

        Only the region that recovers gets the stacks of the recovery, to save time; with ``both_ways`` each does.

        With ``aws_timing`` phases last as long as the model of AWS says, on the clock of the rehearsal, once the
        world is set up. ``active``: the processes of the active region are deployed, too, which mend what is broken
        inside it. ``everything``: every stack of the plan in both regions, so that every command works. ``own``: what
        is rehearsed instead of the built-in application.
        """
        self.own = own or OwnSystem()
        self._active = active
        self._everything = everything
        self._deployed: set[str] = set()
        self.aws_timing = aws_timing
        self._both_ways = both_ways
        self._say = say
        self._adjust = adjust
        self._warmed = warm
        self._stack = contextlib.ExitStack()
        self.stage_seconds: dict[str, float] = {}
        self.lost: list[str] = []
        """Regions that were lost, whether or not they have come back."""
        self.customer_plan = plan
        self.host: DataHost
        self.aws: LocalAws
        self.rehearsal: RehearsalPlan
        self.directory: Path

    # -- what is where ------------------------------------------------------------------------------------
    @property
    def plan(self) -> Plan:
        """The plan as it is deployed here."""
        return self.rehearsal.plan

    @property
    def table(self) -> DrillTable:
        """The table that receives what the client writes."""
        return drill_table(self.plan, self.own)

    def names(self, region: str) -> ResourceNames:
        """Names in one region."""
        return ResourceNames(self.plan, region)

    def client(self, service: str, region: str) -> Any:
        """A client with the account's rights, known to the record of calls as the drill."""
        return self.aws.client(service, region, _CALLER)

    @property
    def clock(self) -> float:
        """How many times faster AWS's own clocks run here."""
        return CLOCK

    # -- life ---------------------------------------------------------------------------------------------
    def start(self) -> Self:
        """Bring everything up; on any failure, and on Ctrl-C, everything is taken down again."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Take everything down. May be called twice."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        self.addresses = self._stack.enter_context(Reservation()).addresses
        rehearsal = for_rehearsal(self.customer_plan, self.addresses, stretched=self.aws_timing)
        self.rehearsal = adjusted(rehearsal, self.customer_plan, self._adjust)
        self.directory = run_folder("drill")
        self._stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        if os.environ.get(KEEP_CALLS):
            self._stack.callback(self._keep, Path(os.environ[KEEP_CALLS]))
        self._stage("processes", "Starting databases, services and a local AWS for three regions", self._processes)
        self._stage("deploy", "Deploying the templates into them", self._deploy)
        self._stage("onboard", "Onboarding the databases, starting the service", self._onboard)
        self._stage("detect", "Deploying detection: its checkers look at once", self._detect)
        if self._everything:
            self._stage("rest", "Deploying what no failover needs, in both regions", self._rest)
        if self._warmed:
            self._stage("warm", "Warming the functions of the failover", self._warm)
        self._stage("settle", "Waiting until everything is healthy", self._settle)
        if self.aws_timing:
            self.host.stretch(stretched(self.clock))

    def _keep(self, kept: Path) -> None:
        """Leave behind what audits need: the calls, the plan and the templates whose roles made them."""
        place = kept / self.directory.name
        place.mkdir(parents=True)
        for name in ("plan.json", "calls.jsonl"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(self.directory / name, place / name)
        if hasattr(self, "_assembly"):
            others = shutil.ignore_patterns("asset.*", "*.assets.json", "tree.json")
            shutil.copytree(self._assembly, place / ASSEMBLY, ignore=others)

    def _stage(self, name: str, sentence: str, work: Callable[[], None]) -> None:
        self._say(sentence)
        started = time.monotonic()
        work()
        self.stage_seconds[name] = round(time.monotonic() - started, 2)

    def _processes(self) -> None:
        """Side by side: synthesis (cached), the data host, the local AWS."""
        if self.plan.caches:
            redis_server()
        self.host = DataHost(images=images(self.plan, self.own))
        self._stack.callback(self.host.stop)
        self.aws = LocalAws(
            data_host=self.host.url,
            clock=CLOCK,
            directory=self.directory,
            dns_port=self.addresses.dns_port,
            port=self.addresses.gateway_port,
        )
        self._stack.callback(self.aws.stop)
        path = self.directory / "plan.json"
        path.write_text(self.plan.to_json(), encoding="utf-8")
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            assembly = pool.submit(synthesise, path, "local", CACHE)
            host, aws = pool.submit(self.host.start), pool.submit(self.aws.start)
            host.result()
            aws.result()
            self._assembly = assembly.result()

    def _deploy(self) -> None:
        primary, secondary = self.plan.regions.pair
        at, there = self.names(primary), self.names(secondary)
        zones = {front.hosted_zone: front.zone or front.name.split(".", 1)[1] for front in self.plan.fronts()}
        for identifier, name in zones.items():
            self.client("route53", DETECTION_REGION).create_hosted_zone(Name=name, CallerReference=f"id:{identifier}")
        groups = [
            [at.stack("core"), there.stack("core")],
            [
                at.workload_stack(),
                there.stack("actions"),
                at.stack("keeper"),
                *(names.stack("communications") for names in (at, there)),
            ],
            [
                there.workload_stack(),
                there.stack("keeper"),
                *(there.stack(part) for part in _RECOVERY),
                *(
                    names.stack("secret_rotation")
                    for names in (at, there)
                    if self.plan.rotatable() or self.plan.issued()
                ),
            ],
        ]
        if self._both_ways:
            groups.append([at.stack("actions"), *(at.stack(part) for part in _RECOVERY)])
        if self._active:
            groups.append([at.stack(part) for part in ("actions", "database_restore", "incident_response", "operator")])
        for group in groups:
            self.deploy(*group)

    def deploy(self, *stacks: str) -> None:
        """Deploy more stacks of the plan, side by side: those that few rehearsals need."""
        deploy(self._assembly, [list(stacks)], self.aws.endpoint)
        self._deployed.update(stacks)

    def _rest(self) -> None:
        """Stacks of the assembly that are not deployed yet; they depend on the core stacks alone."""
        self.deploy(*(name for name in stack_names(self._assembly) if name not in self._deployed))

    def _onboard(self) -> None:
        for region in self.plan.regions.pair:
            found = (database.instances.get(region) for database in self.plan.databases)
            for identifier in (each for each in found if each is not None):
                self._until(partial(self._available, region, identifier), 60, f"database {identifier}")
        logins = onboard(self, self.plan, self.own)
        for database in self.plan.databases[1:]:
            self._use(logins[database.name])
        for index, region in enumerate(self.plan.regions.pair):
            self.host.place_balancer(region, self.addresses.front(index), FRONT_PORT)
        primary = self.plan.regions.primary
        for service in self.plan.services:
            place = service.places[primary]
            # The first tasks started before the secret was filled: tasks read it once, at their start.
            self.client("ecs", primary).update_service(
                cluster=place.cluster, service=place.service, desiredCount=service.desired, forceNewDeployment=True
            )

    def _use(self, login: str) -> None:
        """One idle session: tasks log in to the first database alone, and one nobody uses would count as lost."""
        session = psycopg.connect(login, connect_timeout=5, autocommit=True)
        self._stack.callback(session.close)

    def _detect(self) -> None:
        """After the service answers, as in a first deployment: checkers that find nothing raise the alarm."""
        primary = self.plan.regions.primary
        front = self.plan.main_front()
        url, address = front.url + self.plan.front_service().ready_path, front.targets[primary].address
        try:
            self._until(lambda: probe(url, 1.0, address=address).ready, 60, "the service in the primary")
        except WorldNotReadyError as error:
            raise WorldNotReadyError(f"{error}: {self._tasks_of(primary)}") from error
        self.deploy(self.names(primary).detection_stack())

    def _tasks_of(self, region: str) -> str:
        """What the tasks of the first service do, and why others of them stopped."""
        place, ecs = self.plan.front_service().places[region], self.client("ecs", region)
        running = ecs.describe_services(cluster=place.cluster, services=[place.service])["services"][0]
        counts = ", ".join(f"{running[f'{kind}Count']} {kind}" for kind in ("desired", "pending", "running"))
        stopped = ecs.list_tasks(cluster=place.cluster, serviceName=place.service, desiredStatus="STOPPED")["taskArns"]
        found = ecs.describe_tasks(cluster=place.cluster, tasks=stopped)["tasks"] if stopped else []
        reasons = sorted({str(task.get("stoppedReason")) for task in found})
        return f"tasks {counts}; stopped: {'; '.join(reasons) or 'none'}"

    def _available(self, region: str, identifier: str) -> bool:
        found = self.client("rds", region).describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
        return bool(found["DBInstanceStatus"] == "available")

    def _warm(self) -> None:
        """Every function on the way of a failover once; a cold start is no part of what AWS would show.

        What runs by itself every minute, or after users are served, wakes up by itself.
        """
        self.warm(self.plan.regions.primary if self._active else self.plan.regions.secondary, *_ON_THE_WAY)

    def warm(self, region: str, *processes: str) -> None:
        """Call every function of these processes once."""
        functions = self.client("lambda", region).list_functions(MaxItems=100)["Functions"]
        begins = tuple(self.names(region).function(process, "") for process in processes)
        names = [function["FunctionName"] for function in functions if function["FunctionName"].startswith(begins)]
        with concurrent.futures.ThreadPoolExecutor(_WARM_AT_ONCE) as pool:
            list(pool.map(partial(self._wake, region), names))

    def _wake(self, region: str, name: str) -> None:
        client = self.client("lambda", region)
        versions = client.list_versions_by_function(FunctionName=name)["Versions"]
        newest = max((v["Version"] for v in versions if v["Version"] != "$LATEST"), key=int, default="$LATEST")
        client.invoke(FunctionName=name, Qualifier=newest, Payload=json.dumps({"warm": True}).encode())

    def _settle(self) -> None:
        """The name leads to the primary, no alarm is up, and the standby hears the primary."""
        primary = self.plan.regions.primary
        self._until(lambda: self.leads_to(primary), 30, "the front name")
        self._link()
        self._until(self._quiet, 60, f"the alarm on {primary}")
        for database in self.plan.replicated():
            dsn = master_dsn(self, self.plan, database, self.plan.regions.secondary)
            self._until(partial(_hears_heartbeats, dsn), 30, f"the heartbeat in the replica of {database.name}")

    def _quiet(self) -> bool:
        name = self.names(self.plan.regions.primary).endpoint_alarm(self.plan.regions.primary)
        alarms = self.client("cloudwatch", DETECTION_REGION).describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return bool(alarms and alarms[0]["StateValue"] == "OK")

    def _link(self) -> None:
        """The network between the regions takes its time, so that a sudden loss can lose something."""
        for database in self.plan.replicated():
            self.host.set_relay(database.instances[self.plan.regions.secondary], delay=LINK_SECONDS)

    # -- looking ------------------------------------------------------------------------------------------
    def leads_to(self, region: str) -> bool:
        """Whether every name leads to a region now."""
        with contextlib.suppress(ServiceUnreachable):
            for front in self.plan.fronts():
                if resolve(front.name, front.resolvers, 1.0) != [front.targets[region].address]:
                    return False
            return True
        return False

    def _until(self, holds: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise WorldNotReadyError(f"{what} was not ready after {seconds:g} s")
            threading.Event().wait(0.1)

    # -- breaking -----------------------------------------------------------------------------------------
    def lose_region(self, region: str, also: Sequence[Mapping[str, Any]] = ()) -> float:
        """Everything of a region at once: its API, its functions, databases, tasks, load balancer.

        ``also`` are more faults of the local AWS, from the same moment on, which is returned (epoch seconds).
        """
        at = time.time()
        self.lost.append(region)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            killed = pool.submit(self.host.kill_region, region)
            pool.submit(self.aws.set_faults, [{"region": region, "kind": "blackhole"}, *also]).result()
            killed.result()
        return at


def _hears_heartbeats(dsn: str) -> bool:
    """Whether the replica has replayed a heartbeat of the last seconds."""
    fresh = "select count(*) from lyo_dr.heartbeat where clock_timestamp() - at < interval '2 seconds'"
    try:
        with psycopg.connect(dsn, connect_timeout=2) as connection:
            row = connection.execute(fresh).fetchone()
    except psycopg.Error:
        return False
    return row is not None and row[0] == 1
