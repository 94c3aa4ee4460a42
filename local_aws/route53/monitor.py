"""The status of every health check: reads the control plane, keeps the checkers, remembers last verdicts."""

import threading
from collections.abc import Callable, Mapping

from local_aws.route53.alarms import judge
from local_aws.route53.checkers import EndpointCheckers, Probe
from local_aws.route53.health import from_stream, published
from local_aws.route53.model import AlarmReference, Endpoint, HealthCheck, Source, Status, Stream

METRICS_REGION = "us-east-1"
"""The only region in which Route 53 publishes health-check metrics."""

IsDead = Callable[[str], bool]


class Monitor:
    """Health checks by id. :meth:`look` is called by one thread; the questions may come from any."""

    def __init__(self, source: Source, probe: Probe, *, clock: float = 1.0, is_dead: IsDead) -> None:
        self._source = source
        self._probe = probe
        self._clock = clock
        self._is_dead = is_dead
        self._lock = threading.Lock()
        self._statuses: dict[str, Status] = {}
        self._checks: tuple[HealthCheck, ...] = ()
        self._known: dict[str, bool] = {}
        self._checkers: dict[str, EndpointCheckers] = {}

    def healthy(self, check_id: str) -> bool:
        """Whether Route 53 acts as if this check were healthy; one not looked at yet is new, so healthy."""
        status = self._statuses.get(check_id)
        return status is None or status.healthy

    def statuses(self) -> Mapping[str, Status]:
        """Return the status of every health check there is, by id."""
        with self._lock:
            return dict(self._statuses)

    def look(self, now: float) -> None:
        """Read all health checks and bring every status up to date; ``now`` in epoch seconds."""
        self._checks = tuple(self._source.health_checks())
        self._forget({check.id for check in self._checks})
        for check in self._checks:
            self._update(check, published(check, self._verdict(check, now)), now)

    def publish(self) -> None:
        """Publish every status as a metric, unless the region of these metrics is dead."""
        if self._is_dead(METRICS_REGION):
            return
        for check in self._checks:
            self._source.publish_status(check, healthy=self.healthy(check.id))

    def stop(self) -> None:
        """Stop all checkers."""
        self._forget(set())

    def _forget(self, present: set[str]) -> None:
        for gone in self._checkers.keys() - present:
            self._checkers.pop(gone).stop()
        for gone in self._known.keys() - present:
            del self._known[gone]
        with self._lock:
            self._statuses = {key: status for key, status in self._statuses.items() if key in present}

    def _update(self, check: HealthCheck, healthy: bool, now: float) -> None:
        with self._lock:
            before = self._statuses.get(check.id)
            if before is None or before.healthy != healthy:
                self._statuses[check.id] = Status(healthy, now)

    def _verdict(self, check: HealthCheck, now: float) -> bool:
        """Return the verdict before inversion; the last one known is remembered, a new check is healthy."""
        if isinstance(check.watches, Endpoint):
            self._known[check.id] = self._ask(check, check.watches)
        elif isinstance(check.watches, AlarmReference):
            return self._read(check, check.watches, now)
        return self._known.get(check.id, True)

    def _ask(self, check: HealthCheck, endpoint: Endpoint) -> bool:
        known = self._known.get(check.id, True)
        checkers = self._checkers.get(check.id)
        if checkers is not None and (check.disabled or checkers.endpoint != endpoint):
            self._checkers.pop(check.id).stop()
            checkers = None
        if checkers is None:
            if check.disabled:
                return known
            checkers = EndpointCheckers(endpoint, self._probe, self._clock, healthy=known)
            self._checkers[check.id] = checkers
        return checkers.healthy()

    def _read(self, check: HealthCheck, reference: AlarmReference, now: float) -> bool:
        stream = self._stream(check.account, reference, now)
        healthy = from_stream(stream, reference.on_insufficient_data, self._known.get(check.id, True))
        if stream is not Stream.INSUFFICIENT:
            self._known[check.id] = healthy
        return healthy

    def _stream(self, account: str, reference: AlarmReference, now: float) -> Stream:
        """A dead region delivers nothing, whatever its store still holds here."""
        found = None if self._is_dead(reference.region) else self._source.alarm(account, reference)
        return Stream.INSUFFICIENT if found is None else judge(*found, now, self._clock)
