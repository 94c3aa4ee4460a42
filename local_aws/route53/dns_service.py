"""Starts and stops the data plane inside the process of the local AWS."""

import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from typing import Self

from local_aws.route53.answers import Answer, Directory
from local_aws.route53.model import Endpoint, Source, Status, canonical
from local_aws.route53.monitor import IsDead, Monitor
from local_aws.route53.probe import Timeouts, probe
from local_aws.route53.server import DnsServer

logger = logging.getLogger(__name__)

HOSTS_VARIABLE = "LOCAL_AWS_DNS_HOSTS"
"""Environment variable: JSON object, load balancer DNS name to loopback address."""

METRIC_SECONDS = 60.0
PUBLICATIONS_PER_PERIOD = 4
LOOKS_PER_PERIOD = 20
_SHORTEST_LOOK = 0.05
_LONGEST_LOOK = 1.0


class DnsService:
    """The running data plane: a DNS server, health checkers, one thread for statuses and metrics."""

    def __init__(self, source: Source, *, clock: float, port: int, hosts: Mapping[str, str], is_dead: IsDead) -> None:
        self._source = source
        self._hosts = {canonical(name): address for name, address in hosts.items()}
        self._timeouts = Timeouts.at(clock)
        self._monitor = Monitor(source, self._probe, clock=clock, is_dead=is_dead)
        self._server = DnsServer(self.answer, port)
        self._look_every = min(max(METRIC_SECONDS / clock / LOOKS_PER_PERIOD, _SHORTEST_LOOK), _LONGEST_LOOK)
        self._publish_every = METRIC_SECONDS / clock / PUBLICATIONS_PER_PERIOD
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="route53-health", daemon=True)

    @property
    def port(self) -> int:
        """The port of the DNS server, UDP and TCP, on 127.0.0.1."""
        return self._server.port

    def start(self) -> Self:
        """Serve and check from now on."""
        self._server.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        """End serving and checking; returns within about two seconds."""
        self._stopped.set()
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        self._monitor.stop()

    def statuses(self) -> Mapping[str, Status]:
        """Return, per health check id, whether it is healthy and since when."""
        return self._monitor.statuses()

    def answer(self, name: str, kind: str) -> Answer:
        """Answer one DNS question from the state of this moment."""
        return Directory(self._source.zones(), self._hosts, self._monitor.healthy).answer(name, kind)

    def _probe(self, endpoint: Endpoint) -> bool:
        return probe(endpoint, self._timeouts, self._address_of)

    def _address_of(self, name: str) -> str | None:
        return next((line.value for line in self.answer(name, "A").lines if line.kind == "A"), None)

    def _run(self) -> None:
        publish_at = 0.0
        while not self._stopped.wait(self._look_every):
            try:
                self._monitor.look(time.time())
                if time.monotonic() >= publish_at:
                    self._monitor.publish()
                    publish_at = time.monotonic() + self._publish_every
            except Exception:  # the next look may succeed; a data plane that died silently would never flip again
                logger.exception("health checks could not be brought up to date")


def start(
    clock: float,
    port: int,
    *,
    is_dead: IsDead,
    hosts: Mapping[str, str] | None = None,
    source: Source | None = None,
) -> DnsService:
    """Start the data plane in this process and return it; :meth:`DnsService.stop` ends it.

    Route 53's intervals, timeouts and metric periods run ``clock`` times faster; TTLs stay as they are. With
    port 0 the system chooses. ``is_dead`` says whether a region is cut off. ``hosts`` defaults to the JSON object in
    LOCAL_AWS_DNS_HOSTS, ``source`` to the state of the local AWS in this process. Raises DnsServerError when the port
    is taken.
    """
    return DnsService(
        source if source is not None else _source(),
        clock=clock,
        port=port,
        hosts=hosts if hosts is not None else json.loads(os.environ.get(HOSTS_VARIABLE) or "{}"),
        is_dead=is_dead,
    ).start()


def _source() -> Source:
    # imported late: with another source no emulator is needed
    from local_aws.route53.source import MinistackSource

    return MinistackSource()
