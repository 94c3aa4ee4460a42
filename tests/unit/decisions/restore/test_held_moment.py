"""What an alarm found by itself waits for a person, unless the plan says otherwise."""

from __future__ import annotations

from lyo_dr.decisions.restore.recovery_point import held_for_a_person
from lyo_dr.model.restore import RecoveryPoint, Target
from tests.unit.builders import at


def test_a_moment_an_alarm_found_is_held_with_its_evidence() -> None:
    chosen = RecoveryPoint(
        status="chosen", sentence="Restoring to noon", target=Target(kind="moment", at=at(0)), evidence=["seen"]
    )
    held = held_for_a_person(chosen)
    assert (held.status, held.target, held.evidence) == ("held", None, ["seen"])
    assert held.sentence == "Restoring to noon. The plan requires approval; nothing was changed"


def test_a_refusal_stays_a_refusal() -> None:
    refused = RecoveryPoint(status="refused", sentence="no")
    assert held_for_a_person(refused) is refused
