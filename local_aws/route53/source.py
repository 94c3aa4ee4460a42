"""The one module that knows the emulator: reads ministack's Route 53 and CloudWatch state inside its process.

Health-check metrics go straight into the store: customers cannot put metrics into an ``AWS/`` namespace.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, route53

from local_aws.route53.model import (
    Alarm,
    AlarmReference,
    Endpoint,
    HealthCheck,
    Point,
    RecordSet,
    Unsupported,
    Zone,
    canonical,
)
from local_aws.route53.monitor import METRICS_REGION

_NEEDED = {
    route53: ("_lock", "_zones", "_records", "_health_checks"),
    cloudwatch: ("_alarms", "_metrics", "_dims_key", "_point_stats", "record_metric"),
}
_SCHEMES = {"HTTP": ("http", 80), "HTTPS": ("https", 443)}
_OTHER_POLICIES = {
    "Weight": "weighted",
    "Region": "latency",
    "GeoLocation": "geolocation",
    "MultiValueAnswer": "multivalue",
    "CidrRoutingConfig": "cidr",
}


class EmulatorChangedError(RuntimeError):
    """The emulator no longer keeps its state where this module reads it; the message names what is gone."""


class MinistackSource:
    """Reads the state of all accounts; a :class:`local_aws.route53.model.Source`."""

    def __init__(self) -> None:
        gone = [
            f"{module.__name__}.{name}"
            for module, names in _NEEDED.items()
            for name in names
            if not hasattr(module, name)
        ]
        if gone:
            raise EmulatorChangedError(f"ministack has no {', '.join(gone)}: pin the version this was written for")

    def zones(self) -> Sequence[Zone]:
        """Return the public hosted zones of all accounts, in the order of their creation."""
        with route53._lock:
            zones, records = route53._zones.to_dict(), route53._records.to_dict()
            return [
                Zone(canonical(zone["name"]), tuple(record_set(record) for record in records.get(key, ())))
                for key, zone in zones.items()
                if not zone.get("private")
            ]

    def health_checks(self) -> Sequence[HealthCheck]:
        """Return the health checks of all accounts."""
        with route53._lock:
            stored = route53._health_checks.to_dict()
            return [
                health_check(account, identifier, check["config"]) for (account, identifier), check in stored.items()
            ]

    def alarm(self, account: str, reference: AlarmReference) -> tuple[Alarm, Sequence[Point]] | None:
        """Return the alarm and the points of exactly its metric and dimensions."""
        with request_scope(account, reference.region):
            stored = cloudwatch._alarms.get(reference.name)
            if stored is None:
                return None
            key = (
                stored.get("Namespace"),
                stored.get("MetricName"),
                cloudwatch._dims_key(_dimensions(stored)),
            )
            return alarm(stored), [_point(point) for point in list(cloudwatch._metrics.get(key) or ())]

    def publish_status(self, check: HealthCheck, *, healthy: bool) -> None:
        """Record AWS/Route53 HealthCheckStatus (1 or 0) of the check in us-east-1."""
        with request_scope(check.account, METRICS_REGION):
            cloudwatch.record_metric(
                "AWS/Route53", "HealthCheckStatus", float(healthy), dimensions={"HealthCheckId": check.id}
            )


def record_set(stored: Mapping[str, Any]) -> RecordSet:
    """Translate a stored record set."""
    target = stored.get("AliasTarget") or {}
    return RecordSet(
        name=canonical(stored["Name"]),
        kind=stored["Type"],
        values=tuple(stored.get("ResourceRecords") or ()),
        ttl=int(stored.get("TTL") or 0),
        alias=canonical(target["DNSName"]) if target else None,
        evaluate_target=_flag(target.get("EvaluateTargetHealth")),
        routing=_routing(stored),
        failover=stored.get("Failover"),
        health_check=stored.get("HealthCheckId"),
    )


def _routing(stored: Mapping[str, Any]) -> str:
    if stored.get("Failover"):
        return "failover"
    return next((policy for field, policy in _OTHER_POLICIES.items() if stored.get(field) is not None), "simple")


def health_check(account: str, identifier: str, config: Mapping[str, Any]) -> HealthCheck:
    """Translate a stored health check; booleans may be kept as words."""
    return HealthCheck(
        account=account,
        id=identifier,
        watches=_watched(config),
        inverted=_flag(config.get("Inverted")),
        disabled=_flag(config.get("Disabled")),
    )


def _watched(config: Mapping[str, Any]) -> Endpoint | AlarmReference | Unsupported:
    kind = config.get("Type", "")
    if kind in _SCHEMES:
        return _endpoint(kind, config)
    if kind == "CLOUDWATCH_METRIC" and "AlarmIdentifier" in config:
        named = config["AlarmIdentifier"]
        silence = config.get("InsufficientDataHealthStatus") or "LastKnownStatus"
        return AlarmReference(named["Region"], named["Name"], silence)
    return Unsupported(kind)


def _endpoint(kind: str, config: Mapping[str, Any]) -> Endpoint:
    scheme, port = _SCHEMES[kind]
    path = config.get("ResourcePath") or "/"
    return Endpoint(
        scheme=scheme,
        address=config.get("IPAddress") or None,
        host=config.get("FullyQualifiedDomainName") or None,
        port=int(config.get("Port") or port),
        path=path if path.startswith("/") else f"/{path}",
        interval=float(config.get("RequestInterval") or 30),
        failure_threshold=int(config.get("FailureThreshold") or 3),
    )


def alarm(stored: Mapping[str, Any]) -> Alarm:
    """Translate a stored metric alarm; numbers from a template may be kept as words."""
    return Alarm(
        comparison=stored.get("ComparisonOperator") or "",
        threshold=float(stored.get("Threshold") or 0),
        period=float(stored.get("Period") or 60),
        evaluation_periods=int(stored.get("EvaluationPeriods") or 1),
        statistic=stored.get("ExtendedStatistic") or stored.get("Statistic") or "Average",
        treat_missing=stored.get("TreatMissingData") or "missing",
        datapoints_to_alarm=int(stored["DatapointsToAlarm"]) if stored.get("DatapointsToAlarm") else None,
    )


def _dimensions(stored: Mapping[str, Any]) -> dict[str, str]:
    given = stored.get("Dimensions") or {}
    return dict(given) if isinstance(given, Mapping) else {each["Name"]: each.get("Value", "") for each in given}


def _point(stored: Mapping[str, Any]) -> Point:
    return Point(float(stored["Timestamp"]), *cloudwatch._point_stats(stored))


def _flag(value: object) -> bool:
    return str(value).lower() == "true"
