"""A standby of databases without a replica: its backups have to be there, where traffic would wait for it."""

from __future__ import annotations

import pytest

from lyo_dr.decisions.incident.standby import may_stand_by
from tests.plans import plan_of_ways
from tests.unit.builders import IRELAND, NOON, OREGON, PRIMARY, REPLICA, an_instance, first_day

OREGON_TOOK_OVER = first_day(active_region=OREGON, standby_region=None, epoch=1)
STREAMS = an_instance(identifier=PRIMARY, source=f"arn:aws:rds:{OREGON}:123456789012:db:{REPLICA}")


@pytest.mark.parametrize(
    ("critical", "backed_up", "status"),
    [(True, ["reports"], "ready"), (True, [], "refused"), (False, [], "ready")],
)
def test_backups_stand_for_a_replica(critical: bool, backed_up: list[str], status: str) -> None:
    verdict = may_stand_by(
        plan_of_ways(reports__critical=critical),
        IRELAND,
        record=OREGON_TOOK_OVER,
        theirs=OREGON_TOOK_OVER,
        lease=None,
        instances={"bookings": STREAMS},
        now=NOON,
        backed_up=backed_up,
    )
    assert verdict.status == status
    if status == "refused":
        assert verdict.blockers == [
            f"database reports: it has no replica, and no backups of it are replicated to {IRELAND}"
        ]
