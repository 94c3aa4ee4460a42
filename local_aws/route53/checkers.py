"""Several health checkers that ask one endpoint, each on its own, as Route 53's do from several regions."""

import threading
import time
from collections.abc import Callable

from local_aws.route53.health import CheckerView, enough_healthy
from local_aws.route53.model import Endpoint

CHECKERS = 3
"""With three, more than 18 % means: one of them is enough to keep an endpoint healthy."""

SHORTEST_INTERVAL = 0.1
"""Seconds between two probes of one checker that no clock factor goes below."""

Probe = Callable[[Endpoint], bool]


class EndpointCheckers:
    """The checkers of one endpoint; they start at once, spread over one interval, and end with ``stop``."""

    def __init__(self, endpoint: Endpoint, probe: Probe, clock: float, *, healthy: bool = True) -> None:
        self.endpoint = endpoint
        self._probe = probe
        self._interval = max(endpoint.interval / clock, SHORTEST_INTERVAL)
        self._views = [CheckerView(healthy) for _ in range(CHECKERS)]
        self._stopped = threading.Event()
        for index in range(CHECKERS):
            threading.Thread(target=self._run, args=(index,), name=f"checker-{index}", daemon=True).start()

    def healthy(self) -> bool:
        """Whether enough checkers consider the endpoint healthy."""
        return enough_healthy([view.healthy for view in self._views])

    def stop(self) -> None:
        """Ask no more; a probe under way ends by its own timeout and changes nothing."""
        self._stopped.set()

    def _run(self, index: int) -> None:
        due = time.monotonic() + index * self._interval / CHECKERS
        while not self._stopped.wait(max(due - time.monotonic(), 0.0)):
            passed = self._probe(self.endpoint)
            self._views[index] = self._views[index].after(passed, self.endpoint.failure_threshold)
            due = max(due + self._interval, time.monotonic())
