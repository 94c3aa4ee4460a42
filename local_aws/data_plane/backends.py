"""Everything that is real behind the API, and what may happen to it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from local_aws.data_plane.faults import Faults
from local_aws.data_plane.processes import Spawner, end, family
from local_aws.ecs.images import Images
from local_aws.ecs.scheduler import Scheduler, ServiceKey
from local_aws.ecs.tasks import Task
from local_aws.elasticache.redis_servers import Caches
from local_aws.elb.load_balancers import Balancers
from local_aws.rds.binaries import let_pass
from local_aws.rds.databases import Databases, Key
from local_aws.rds.postgres_home import PostgresHome
from local_aws.rds.statuses import Phases


@dataclass(frozen=True)
class Backends:
    """Databases, caches, services, load balancers and faults of all regions. ``account`` is the only one there is."""

    account: str
    spawner: Spawner
    databases: Databases
    caches: Caches
    scheduler: Scheduler
    balancers: Balancers
    faults: Faults
    phases: Phases

    @classmethod
    def open(cls, directory: Path, account: str, phases: Phases, images: Images) -> Self:
        """Start with nothing in ``directory``."""
        spawner = Spawner()
        logs, homes = directory / "logs", directory / "databases"
        logs.mkdir()
        homes.mkdir()
        let_pass(homes)
        balancers = Balancers(spawner, logs)
        scheduler = Scheduler(spawner, logs, balancers, images)
        databases = Databases(PostgresHome(homes, spawner))
        caches = Caches(directory / "caches", spawner)
        return cls(account, spawner, databases, caches, scheduler, balancers, Faults(), phases)

    def kill_region(self, region: str) -> None:
        """Lose everything of a region: tasks, load balancer, databases, caches, and the links from and to it."""
        self.scheduler.kill_region(region)
        self.balancers.kill(region)
        self.caches.kill_region(region)
        self.databases.kill_region(region)

    def revive_region(self, region: str) -> None:
        """Let a lost region come back as after a blackout, with its old data and counts. Idempotent."""
        self.databases.revive_region(region)
        self.caches.revive_region(region)
        self.balancers.revive(region)
        self.scheduler.revive_region(region)

    def stretch(self, seconds: Mapping[str, float]) -> None:
        """From now on phases and starts last at least so long, by ``STRETCHABLE`` of ``data_plane/faults.py``."""
        self.phases.stretched = {key: span for key, span in seconds.items() if key != "task_start"}
        self.scheduler.least_pending_seconds = seconds.get("task_start", 0.0)

    def close(self) -> None:
        """SIGKILL every process; raises nothing and takes two seconds at most."""
        self.scheduler.halt()
        # All at once and first: what follows finds them dead, and is quick.
        end(family(os.getpid())[1:])
        self.scheduler.close()
        self.balancers.close()
        self.caches.close()
        self.databases.close()
        self.spawner.close()

    def state(self) -> dict[str, Any]:
        """Databases, services and load balancers with their processes and endpoints, as JSON."""
        return {
            "databases": [self._database(key) for key in list(self.databases.servers)],
            "services": [self._service(key) for key in list(self.scheduler.services)],
            "balancers": [
                {"region": region, "address": balancer.front.address, "port": balancer.front.port, "pid": balancer.pid}
                for region, balancer in list(self.balancers.by_region.items())
            ],
            "dead_regions": sorted(self.databases.dead),
            "faults": self.faults.as_dict(),
            "model": {
                "least_phase_seconds": self.phases.least_seconds,
                "stretched": {**self.phases.stretched, "task_start": self.scheduler.least_pending_seconds},
            },
        }

    def _database(self, key: Key) -> dict[str, Any]:
        server, relay = self.databases.servers[key], self.databases.relays.get(key)
        return {
            "region": key.region,
            "identifier": key.identifier,
            "port": server.port,
            "pid": server.pid,
            "in_recovery": None if key.region in self.databases.dead else self.databases.in_recovery(key),
            "relay": None if relay is None else {"delay": relay.delay, "cut": relay.cut, "port": relay.port},
        }

    def _service(self, key: ServiceKey) -> dict[str, Any]:
        service = self.scheduler.services[key]
        return {
            "region": key.region,
            "cluster": key.cluster,
            "service": key.service,
            "desired": service.desired,
            "running": service.running(),
            "pending": service.pending(),
            "tasks": [_task(task) for task in list(service.tasks) if task.pid is not None],
        }


def _task(task: Task) -> dict[str, Any]:
    return {"arn": task.task_arn, "status": task.last_status, "port": task.port, "pid": task.pid}
