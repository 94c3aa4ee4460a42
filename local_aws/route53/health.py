"""When a health check is healthy: the rules of Route 53, without clock, threads or sockets."""

from collections.abc import Collection
from dataclasses import dataclass

from local_aws.route53.model import HealthCheck, Stream

HEALTHY_SHARE = 0.18
"""An endpoint is healthy when more than this share of the checkers says so (Route 53 developer guide)."""


@dataclass(frozen=True, slots=True)
class CheckerView:
    """What one checker thinks of an endpoint, and how many results in a row have contradicted it."""

    healthy: bool = True
    contradictions: int = 0

    def after(self, passed: bool, threshold: int) -> "CheckerView":
        """Return the view after one more probe; ``threshold`` contradictions in a row turn it over."""
        if passed == self.healthy:
            return CheckerView(self.healthy)
        if self.contradictions + 1 >= threshold:
            return CheckerView(passed)
        return CheckerView(self.healthy, self.contradictions + 1)


def enough_healthy(views: Collection[bool]) -> bool:
    """Whether the endpoint counts as healthy; without any checker it is new, and new means healthy."""
    return not views or sum(views) / len(views) > HEALTHY_SHARE


def from_stream(stream: Stream, on_insufficient_data: str, last: bool) -> bool:
    """Return whether an alarm's check is healthy; ``last`` is its last known verdict (new: healthy)."""
    if stream is Stream.INSUFFICIENT:
        return {"Healthy": True, "Unhealthy": False}.get(on_insufficient_data, last)
    return {Stream.OK: True, Stream.ALARM: False}.get(stream, last)


def published(check: HealthCheck, raw: bool) -> bool:
    """Return the status Route 53 acts on: disabled counts as healthy, and inversion comes last."""
    return (raw or check.disabled) != check.inverted
