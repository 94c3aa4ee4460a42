"""The call that promotes a replica, on record twice: before it is made, and once RDS has accepted it."""

from __future__ import annotations

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.promotion import promotion_refused
from lyo_dr.errors import WrongState
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.verdict import Progress


class PromotionCall:
    """The promotion of one database by one incident; ``kind`` tells its records from those of another kind."""

    def __init__(self, ctx: StepContext, kind: str, incident_id: str, database: str) -> None:
        self._ctx = ctx
        self._kind = kind
        self._incident_id = incident_id
        self._database = database

    @property
    def called_by(self) -> str | None:
        """This incident, if it has ever been about to call; the call may have been refused, or never made."""
        return self._incident_id if self._read(self._kind) else None

    @property
    def accepted(self) -> bool:
        """Whether RDS has accepted the call, and the answer was received."""
        return self._read(accepted_kind(self._kind))

    def make(self, rds: Rds, identifier: str, deadline: Deadline) -> Progress:
        """Call it. ``ready`` once RDS has accepted it; a refusal leaves no trace that could be taken for a promotion.

        Raises what the call raises, but for WrongState.
        """
        self._record(self._kind)
        try:
            rds.promote(identifier, self._ctx.plan.database(self._database).backup_retention_days)
        except WrongState as refusal:
            return promotion_refused(str(refusal), deadline)
        self._record(accepted_kind(self._kind))
        return Progress(status="ready", sentence=f"Promoting {identifier}")

    def _read(self, kind: str) -> bool:
        return self._ctx.store.incidents.read_note(self._incident_id, kind, self._database) is not None

    def _record(self, kind: str) -> None:
        self._ctx.store.incidents.record_once(
            self._incident_id, kind, self._database, called_at=self._ctx.now().isoformat()
        )


def accepted_kind(kind: str) -> str:
    """The kind of the second record."""
    return f"{kind}_ACCEPTED"
