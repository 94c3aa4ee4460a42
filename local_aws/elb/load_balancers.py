"""The load balancers of the regions: processes that receive their targets."""

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from local_aws.data_plane.processes import ProcessError, Spawner, alive, end, tail, wait_until
from local_aws.elb.balancer import Disturbance

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Front:
    """Where a region's load balancer listens."""

    address: str
    port: int


class Balancer:
    """One load balancer. It is started again on the same address after ``kill``."""

    def __init__(self, front: Front, spawner: Spawner, log: Path) -> None:
        self.front = front
        self._spawner = spawner
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._told: list[int] = []

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None and alive(self._process) else None

    def start(self) -> None:
        """Start it and wait until it listens; raises ProcessError."""
        command = [sys.executable, "-m", "local_aws.elb.balancer"]
        where = ["--address", self.front.address, "--port", str(self.front.port)]
        env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"}
        self._process = self._spawner.start([*command, *where], env=env, log=self._log, stdin=subprocess.PIPE)
        self._told = []
        try:
            wait_until(self._listens, 10, f"the start of the load balancer on {self.front.address}")
        except ProcessError:
            self.kill()
            raise

    def tell(self, ports: Sequence[int]) -> None:
        """Set the targets; nothing happens when they are the same as before."""
        if list(ports) != self._told and self._say(list(ports)):
            self._told = list(ports)

    def disturb(self, disturbance: Disturbance) -> None:
        """Let it do something wrong from now on, until it is disturbed anew or started again."""
        self._say(asdict(disturbance))

    def block(self, networks: Sequence[str]) -> None:
        """Let it answer 403 to visitors from these networks, and to no others."""
        self._say({"networks": list(networks)})

    def _say(self, value: object) -> bool:
        if self._process is None or self._process.stdin is None or not self.pid:
            return False
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(value).encode() + b"\n")
            self._process.stdin.flush()
            return True
        return False

    def kill(self) -> None:
        """SIGKILL it."""
        if self._process is None:
            return
        end([self._process.pid] if self.pid else [], self._process)
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process = None

    def _listens(self) -> bool:
        if not self.pid:
            raise ProcessError(f"the load balancer on {self.front.address} ended: {tail(self._log)}")
        try:
            socket.create_connection((self.front.address, self.front.port), timeout=0.2).close()
        except OSError:
            return False
        return True


class Balancers:
    """The load balancers by region."""

    def __init__(self, spawner: Spawner, directory: Path) -> None:
        self._spawner = spawner
        self._directory = directory
        self.by_region: dict[str, Balancer] = {}
        self._blocked: dict[str, list[str]] = {}

    def place(self, region: str, front: Front) -> None:
        """Put the region's load balancer on an address; raises ProcessError when it cannot listen there."""
        former = self.by_region.pop(region, None)
        if former is not None:
            former.kill()
        balancer = Balancer(front, self._spawner, self._directory / f"balancer-{region}.log")
        balancer.start()
        self.by_region[region] = balancer
        balancer.block(self._blocked.get(region, []))

    def tell(self, region: str, ports: Sequence[int]) -> None:
        """Set the targets of a region's load balancer, if it has one."""
        if region in self.by_region:
            self.by_region[region].tell(ports)

    def disturb(self, region: str, disturbance: Disturbance) -> None:
        """Let a region's load balancer do something wrong; raises ProcessError when it has none."""
        if region not in self.by_region:
            raise ProcessError(f"there is no load balancer in {region}")
        self.by_region[region].disturb(disturbance)

    def block(self, region: str, networks: Sequence[str]) -> None:
        """Let a region's load balancer turn these networks away, now and after it was started again."""
        self._blocked[region] = list(networks)
        if region in self.by_region:
            self.by_region[region].block(networks)

    def kill(self, region: str) -> None:
        """Lose a region's load balancer."""
        if region in self.by_region:
            self.by_region[region].kill()

    def revive(self, region: str) -> None:
        """Start a region's load balancer again, if it had one and has lost it."""
        if region in self.by_region and self.by_region[region].pid is None:
            self.by_region[region].start()
            self.by_region[region].block(self._blocked.get(region, []))

    def close(self) -> None:
        """Kill all of them."""
        for balancer in list(self.by_region.values()):
            balancer.kill()
