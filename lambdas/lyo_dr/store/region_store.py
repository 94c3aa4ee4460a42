"""All stores of one region's table."""

from __future__ import annotations

from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.model.plan import Plan
from lyo_dr.store.blocks import Blocks
from lyo_dr.store.control_state import ControlState
from lyo_dr.store.controls import AutomationControls
from lyo_dr.store.databases import Databases
from lyo_dr.store.fences import Fences
from lyo_dr.store.followed_keys import FollowedKeys
from lyo_dr.store.incidents import Incidents
from lyo_dr.store.issued_keys import OutstandingKeys
from lyo_dr.store.owed_limits import OwedLimitsStore
from lyo_dr.store.questions import Questions
from lyo_dr.store.samples import Samples
from lyo_dr.store.step_records import StepRecords


class RegionStore:
    """The stores of one region: of this one, of its peer, or of the standby that holds the lease."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self._table = table
        self.incidents = Incidents(table)
        self.steps = StepRecords(table)
        self.control = ControlState(table, plan.regions)
        self.controls = AutomationControls(table)
        self.databases = Databases(table)
        self.questions = Questions(table)
        self.fences = Fences(table)
        self.blocks = Blocks(table)
        self.outstanding = OutstandingKeys(table)
        self.followed_keys = FollowedKeys(table)
        self.owed_limits = OwedLimitsStore(table)
        self.samples = Samples(table, plan.timing.watch_every)

    def prewarm(self) -> None:
        """Prewarm the client of the table. Calls nothing."""
        self._table.prewarm()
