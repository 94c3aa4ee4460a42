"""When the metrics of a database say that the application has lost it."""

from __future__ import annotations

import pytest

from lyo_dr.decisions.incident.maintenance import in_maintenance
from lyo_dr.decisions.keeper.connections import connections_lost, error_rate
from lyo_dr.model.facts import Probe
from lyo_dr.model.instance import ConnectionCount
from tests.unit.builders import a_probe, at, serving
from tests.unit.decisions.instance_builders import answering, silent, without_database


@pytest.mark.parametrize(
    ("count", "running", "lost"),
    [
        (silent(), 2, True),
        (silent(), 0, True),
        (silent(), None, True),
        (silent("57P03"), 2, True),
        (answering(0), 2, True),
        (answering(0), 0, False),
        (answering(0), None, None),
        (answering(4), 2, False),
        (silent("28P01"), 2, False),
        (None, 2, None),
    ],
)
def test_nobody_is_connected_though_somebody_should_be(
    count: ConnectionCount | None, running: int | None, lost: bool | None
) -> None:
    assert connections_lost(count, running) is lost


@pytest.mark.parametrize(
    ("apps", "rate"),
    [
        ([without_database()], 1.0),
        ([without_database("read_only"), serving()], 0.5),
        ([serving()], 0.0),
        ([a_probe()], None),
        ([a_probe(503)], 0.0),
        ([], None),
    ],
)
def test_the_app_says_that_it_has_no_database(apps: list[Probe], rate: float | None) -> None:
    assert error_rate(apps) == rate


@pytest.mark.parametrize(
    ("window", "inside"),
    [
        ("sun:11:45-sun:12:15", True),
        ("sun:12:00-sun:12:30", True),
        ("sun:11:30-sun:12:00", False),
        ("sat:23:30-sun:12:01", True),
        ("sun:12:30-sun:11:00", False),
        ("mon:11:45-mon:12:15", False),
        ("sat:00:00-mon:00:00", True),
        ("", False),
        ("whenever", False),
        ("sunday:11:45-sunday:12:15", False),
        ("xyz:11:45-sun:12:15", False),
    ],
)
def test_the_maintenance_window_of_rds_on_a_sunday_at_noon(window: str, inside: bool) -> None:
    assert in_maintenance(window, at(0)) is inside
