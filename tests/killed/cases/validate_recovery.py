"""The cases of ``validate_recovery``."""

from __future__ import annotations

from tests.killed.given import an_event, skipped
from tests.killed.harness import Case
from tests.unit.builders import NOON

CASES = {
    "check_endpoints": [
        Case(lambda stage: an_event(stage, through="standby", started_at=NOON), reads_only=True),
        Case(lambda stage: an_event(stage, through="front_door", started_at=NOON)),
        Case(lambda stage: skipped(an_event(stage, through="standby", started_at=NOON), stage, "CheckEndpoints")),
    ],
}
