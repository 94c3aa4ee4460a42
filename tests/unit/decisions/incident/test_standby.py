"""May a region stand by? One blocker each, and the twins that may."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.incident.standby import may_stand_by
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import SystemRecord
from tests.plans import lyo_plan, plan_of_two
from tests.unit.builders import IRELAND, NOON, OREGON, PRIMARY, REPLICA, a_lease, an_instance, at, first_day

OREGON_TOOK_OVER = first_day(active_region=OREGON, standby_region=None, epoch=1)
STREAMS = an_instance(identifier=PRIMARY, source=f"arn:aws:rds:{OREGON}:123456789012:db:{REPLICA}")


def asked(instance: Instance | None = STREAMS, **changes: Any) -> tuple[str, str]:
    """Oregon is active alone, both agree, nobody works, and Ireland has a replica that streams."""
    facts: dict[str, Any] = {
        "record": OREGON_TOOK_OVER,
        "theirs": OREGON_TOOK_OVER,
        "lease": None,
        "instances": {"bookings": instance},
        "now": NOON,
    }
    verdict = may_stand_by(lyo_plan(), changes.pop("region", IRELAND), **{**facts, **changes})
    return verdict.status, verdict.sentence


READY = {
    "a replica that streams": {},
    "a lease that has ended": {"lease": a_lease(expires_at=at(-1))},
    "an older record that does not name itself": {"theirs": first_day(active_region=OREGON, epoch=0)},
    "storage that is being optimized": {"instance": an_instance("storage-optimization", source=STREAMS.source)},
}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "the active region": ({"region": OREGON}, "us-west-2 is the active region itself"),
    "a silent region": ({"theirs": None}, "the table of eu-west-1 does not respond"),
    "a newer record": ({"theirs": first_day(epoch=2)}, "the record in eu-west-1 is newer (epoch 2)"),
    "a region that was not fenced": ({"theirs": first_day()}, "eu-west-1 still considers itself active"),
    "an incident": ({"lease": a_lease()}, "region-eu-west-1-20260329T120000 is in progress under epoch 1"),
    "no instance": ({"instance": None}, f"RDS in eu-west-1 has no instance {PRIMARY}"),
    "a replica that is being made": ({"instance": an_instance("creating")}, "is creating"),
    "the deposed primary": (
        {"instance": an_instance(identifier=PRIMARY, source=None)},
        f"{PRIMARY} is not a replica",
    ),
    "a replica of something else": (
        {"instance": an_instance(source=f"arn:aws:rds:{OREGON}:1:db:other")},
        f"not {REPLICA} in {OREGON}",
    ),
    "a replica from the wrong region": (
        {"instance": an_instance(source=f"arn:aws:rds:{IRELAND}:1:db:{REPLICA}")},
        f"not {REPLICA} in {OREGON}",
    ),
    "a replica of the same region, given by its bare name": (
        {"instance": an_instance(source=REPLICA)},
        f"not {REPLICA} in {OREGON}",
    ),
    "a replica that stands still": (
        {"instance": an_instance(source=STREAMS.source, replicating=False)},
        f"does not replicate from {REPLICA} yet",
    ),
}


@pytest.mark.parametrize("changes", READY.values(), ids=READY.keys())
def test_a_region_whose_replica_streams_may_stand_by(changes: dict[str, Any]) -> None:
    assert asked(**changes) == ("ready", "eu-west-1 can become the standby of us-west-2")


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    status, sentence = asked(**changes)
    assert status == "refused"
    assert reason in sentence


def test_a_standby_on_record_in_both_tables_is_declared_already() -> None:
    record = SystemRecord(active_region=OREGON, standby_region=IRELAND, epoch=2)
    assert asked(record=record, theirs=record) == ("declared", "eu-west-1 is already the standby, at epoch 2")


def test_a_database_that_is_not_critical_does_not_block() -> None:
    verdict = may_stand_by(
        plan_of_two(),
        IRELAND,
        record=OREGON_TOOK_OVER,
        theirs=OREGON_TOOK_OVER,
        lease=None,
        instances={"bookings": STREAMS, "archive": None},
        now=NOON,
    )
    assert verdict.status == "ready"
