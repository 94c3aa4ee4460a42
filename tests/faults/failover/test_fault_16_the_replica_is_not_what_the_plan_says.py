"""Fault 16: the replica is absent, follows another source, or is no longer a replica."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.common.promotion import adopted, may_promote
from lyo_dr.decisions.failover.gate import check_gate
from lyo_dr.errors import GateNotPassed
from lyo_dr.model.facts import Instance
from lyo_dr.steps.promote_database import promote_replica
from lyo_dr.steps.region_failover import check_gate as gate_step
from tests.plans import lyo_plan
from tests.unit.aws import World
from tests.unit.builders import (
    REPLICA,
    a_deadline,
    a_primary,
    a_triage,
    an_incident,
    an_instance,
    given_replica,
    observers,
)

OTHER_SOURCE = "arn:aws:rds:eu-west-1:123456789012:db:staging"
SITUATIONS: dict[str, tuple[Instance | None, str]] = {
    "absent, or in another region": (None, f"RDS in us-west-2 has no instance {REPLICA}"),
    "another source": (
        an_instance(source=OTHER_SOURCE),
        f"{REPLICA} replicates {OTHER_SOURCE}, not lyo-saas-production",
    ),
    "promoted before": (a_primary(), f"{REPLICA} is not a replica; it was promoted earlier, outside this incident"),
}


@pytest.mark.parametrize(("instance", "blocker"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_fault_16_the_gate_stays_closed_and_says_what_is_wrong(instance: Instance | None, blocker: str) -> None:
    verdict = check_gate(lyo_plan(), an_incident(), [given_replica(silent_for=2)], {"bookings": instance})
    assert verdict.status == "closed"
    assert len(verdict.blockers) == 1
    assert blocker in verdict.blockers[0]


def test_fault_16_a_replica_that_is_absent_is_never_promoted(world: World) -> None:
    del world.calls.rds[REPLICA]
    incident = world.given_incident(gate=None)
    event: dict[str, Any] = {"incident": msgspec.to_builtins(incident)}
    gate_step.handler({**event, **msgspec.to_builtins({"facts": observers(), "triage": a_triage()})})
    with pytest.raises(GateNotPassed):
        promote_replica.handler({**event, "database": "bookings", "started_at": "2026-03-29T12:00:00Z"})
    assert world.calls.count("rds:PromoteReadReplica") == 0


@pytest.mark.parametrize(("called_by", "ours"), [(an_incident().id, True), ("another", False), (None, False)])
def test_fault_16_a_promotion_is_adopted_by_the_incident_that_called_it_and_by_no_other(
    called_by: str | None, ours: bool
) -> None:
    assert adopted(a_primary(), called_by, an_incident().id, accepted=False) is ours
    verdict = may_promote(a_primary(), called_by=called_by, deadline=a_deadline(timedelta(seconds=60)))
    assert verdict.status == "broken", "and is never called again"
