"""A control plane for tests: zones, health checks and alarms are set by hand, published metrics are kept."""

from collections.abc import Sequence

from local_aws.route53.model import Alarm, AlarmReference, HealthCheck, Point, RecordSet, Zone

ACCOUNT = "123456789012"
API = "api.lyo-booking.com"
PRIMARY, SECONDARY = "127.0.81.1", "127.0.82.1"


class FakeControlPlane:
    """A :class:`local_aws.route53.model.Source` without an emulator."""

    def __init__(self) -> None:
        self.records: list[RecordSet] = []
        self.checks: list[HealthCheck] = []
        self.alarms: dict[AlarmReference, tuple[Alarm, list[Point]]] = {}
        self.published: list[tuple[str, bool]] = []

    def zones(self) -> Sequence[Zone]:
        """One zone with all records."""
        return [Zone("lyo-booking.com", tuple(self.records))]

    def health_checks(self) -> Sequence[HealthCheck]:
        """The checks set by hand."""
        return list(self.checks)

    def alarm(self, account: str, reference: AlarmReference) -> tuple[Alarm, Sequence[Point]] | None:
        """The alarm set by hand, if any."""
        assert account == ACCOUNT
        return self.alarms.get(reference)

    def publish_status(self, check: HealthCheck, *, healthy: bool) -> None:
        """Keep what was published."""
        self.published.append((check.id, healthy))


def failover_pair(ttl: int = 60) -> list[RecordSet]:
    """The public name with a primary behind check "p" and a secondary behind check "s"."""
    return [
        RecordSet(API, "A", (SECONDARY,), ttl, routing="failover", failover="SECONDARY", health_check="s"),
        RecordSet(API, "A", (PRIMARY,), ttl, routing="failover", failover="PRIMARY", health_check="p"),
    ]
