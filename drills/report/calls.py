"""Every call of the failover: by step, service, region and plane."""

from __future__ import annotations

from dataclasses import dataclass

from drills.report import words
from drills.report.reading import Reader

MOST_ROWS = 200

_SERVICES = {
    "application-autoscaling": "Application Auto Scaling",
    "dynamodb": "DynamoDB",
    "ecs": "ECS",
    "events": "EventBridge",
    "lambda": "Lambda",
    "monitoring": "CloudWatch",
    "rds": "RDS",
    "route53": "Route 53",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
    "sns": "SNS",
    "states": "Step Functions",
    "sts": "STS",
}


@dataclass(frozen=True)
class Row:
    """One line of the table; ``first`` when the step begins here, ``lost`` when the region is the lost one."""

    step: str
    first: bool
    service: str
    region: str
    lost: bool
    plane: str
    count: str
    failed: str


@dataclass(frozen=True)
class Total:
    """How many calls went to one plane of one region."""

    region: str
    plane: str
    lost: bool
    count: str
    failed: str


@dataclass(frozen=True)
class Calls:
    """The table, its totals and the promises. ``detailed`` is False when only counts by step are known."""

    detailed: bool
    rows: tuple[Row, ...]
    left_out: int
    totals: tuple[Total, ...]
    promises: tuple[tuple[str, str], ...]
    offenders: tuple[str, ...]


def read(result: Reader) -> Calls:
    """Read the calls of a result."""
    calls = result.at("calls")
    lost_region = result.at("regions").text("lost")
    table = calls.each("table")
    rows = _rows(table, lost_region) if table else _by_step(calls.at("by_step"))
    return Calls(
        detailed=bool(table),
        rows=tuple(rows[:MOST_ROWS]),
        left_out=max(0, len(rows) - MOST_ROWS),
        totals=tuple(_totals(table, lost_region)),
        promises=_promises(calls, lost_region),
        offenders=tuple(calls.texts("offenders")) if lost_region else (),
    )


def _rows(table: list[Reader], lost_region: str) -> list[Row]:
    rows, before = [], ""
    for one in table:
        step = one.text("step", "unknown")
        rows.append(
            Row(
                step=step,
                first=step != before,
                service=_service(one.text("service")),
                region=one.text("region"),
                lost=bool(lost_region) and one.text("region") == lost_region,
                plane=one.text("plane"),
                count=words.whole(one.number("count")),
                failed=_nonzero(one.number("failed")),
            )
        )
        before = step
    return rows


def _by_step(counts: Reader) -> list[Row]:
    return [Row(step, True, "", "", False, "", words.whole(counts.number(step)), "") for step, _ in counts.items()]


def _totals(table: list[Reader], lost_region: str) -> list[Total]:
    sums: dict[tuple[str, str], tuple[float, float]] = {}
    for one in table:
        key = (one.text("region"), one.text("plane"))
        count, failed = sums.get(key, (0.0, 0.0))
        sums[key] = (count + (one.number("count") or 0.0), failed + (one.number("failed") or 0.0))
    return [
        Total(region, plane, region == lost_region, words.whole(count), _nonzero(failed))
        for (region, plane), (count, failed) in sorted(sums.items())
    ]


def _promises(calls: Reader, lost_region: str) -> tuple[tuple[str, str], ...]:
    """What a failover promises of its calls; where no region was lost, how many there were, and how many far away."""
    total, far = words.whole(calls.number("on_path")), words.whole(calls.number("to_us_east_1_control_plane"))
    elsewhere = ("of these to a control plane in us-east-1", far)
    if not lost_region:
        return (("Calls", total), elsewhere)
    fence = calls.number("fence_seconds")
    return (
        ("Calls on the failover's path", total),
        (f"of these to the lost region ({lost_region})", words.whole(calls.number("to_lost_region"))),
        elsewhere,
        (
            "Attempts to fence the lost region",
            f"{words.whole(calls.number('fence_calls'))}, waited {words.span(fence)}",
        ),
    )


def _service(name: str) -> str:
    return _SERVICES.get(name, name)


def _nonzero(number: float | None) -> str:
    return words.whole(number) if number else ""
