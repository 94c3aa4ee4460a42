"""The cases of ``deploy_service``."""

from __future__ import annotations

from lyo_dr.model.incident import SystemRecord
from lyo_dr.steps.keeper import settle_limits
from tests.killed.given import of_service
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.builders import OREGON

OWED = {"SYSTEM LIMITS#": "limits that could not be set at once were owed, and are settled"}


def settle(stage: Stage) -> None:
    """Oregon is active by then, no incident holds a lease, and its keeper sets the limits that are owed."""
    stage.world.ctx().store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    settle_limits.handler({})


CASES = {
    "raise_capacity": Case(
        of_service,
        afterwards=settle,
        blurred=OWED,
    ),
    "check_capacity": Case(of_service, reads_only=True),
}
