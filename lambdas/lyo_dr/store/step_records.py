"""What an incident has on record about single steps: which failed, and which a person skips."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.model.step_record import Skip, StepFailure
from lyo_dr.store.incidents import Incidents

_FAILED, _SKIP = "FAILED", "SKIP"


class StepRecords:
    """Failures and skips, one item per step and incident."""

    def __init__(self, table: Table) -> None:
        self._incidents = Incidents(table)

    def failed(self, incident_id: str, failure: StepFailure) -> None:
        """Record the failure, or that it came through; the last one counts."""
        self._incidents.checkpoint(
            incident_id,
            _FAILED,
            failure.step,
            execution=failure.execution,
            at=failure.at.isoformat(),
            sentence=failure.sentence,
            retried=failure.retried,
            passed=failure.passed,
        )

    def failures(self, incident_id: str) -> list[StepFailure]:
        """The last failure of each step, the newest first."""
        found = [_failure(item) for item in self._incidents.notes(incident_id, _FAILED)]
        return sorted(found, key=lambda failure: failure.at, reverse=True)

    def skip(self, incident_id: str, skip: Skip) -> bool:
        """Record that a person skips a step; False when it was on record before (and stays as it is)."""
        return self._incidents.record_once(incident_id, _SKIP, skip.step, **_fields(skip))

    def used(self, incident_id: str, skip: Skip, at: datetime) -> None:
        """Record that the step was reached, and left out."""
        self._incidents.checkpoint(incident_id, _SKIP, skip.step, **_fields(skip), used_at=at.isoformat())

    def skipped(self, incident_id: str, step: str) -> Skip | None:
        """Who skips a step of an incident, and why; None if nobody does."""
        item = self._incidents.read_note(incident_id, _SKIP, step)
        return None if item is None else _skip(item)

    def skips(self, incident_id: str) -> list[Skip]:
        """Every skip of an incident, by step."""
        return [_skip(item) for item in self._incidents.notes(incident_id, _SKIP)]


def _fields(skip: Skip) -> dict[str, Any]:
    return {"by": skip.by, "why": skip.why, "at": skip.at.isoformat()}


def _skip(item: Item) -> Skip:
    used = item.get("used_at")
    return Skip(
        step=_step(item),
        by=item["by"],
        why=item["why"],
        at=datetime.fromisoformat(item["at"]),
        used_at=None if used is None else datetime.fromisoformat(used),
    )


def _failure(item: Item) -> StepFailure:
    return StepFailure(
        step=_step(item),
        execution=item["execution"],
        at=datetime.fromisoformat(item["at"]),
        sentence=item["sentence"],
        retried=item["retried"],
        passed=item["passed"],
    )


def _step(item: Item) -> str:
    return str(item["sk"]).rpartition("#")[2]
