"""The outbox: messages that wait for the sender, in the table of the region whose steps wrote them.

A message waits under ``OUTBOX`` and leaves it when it is settled; what became of it stays with its incident, without
the text. A step asks for that record before it writes, and the sender before it sends, so that neither does it twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.errors import ConditionFailed
from lyo_dr.model.outbox import Milestone, QueuedMessage, Settled
from lyo_dr.store.incidents import Incidents
from lyo_dr.store.timestamps import timestamp

_PK, _KIND = "OUTBOX", "NOTIFIED"


class Outbox:
    """Waiting messages of one region."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._incidents = Incidents(table)

    def write(self, message: QueuedMessage) -> Literal["new", "waiting", "settled"]:
        """Put a message into the outbox, once: else says what became of it."""
        if self.settled(message):
            return "settled"
        try:
            self._table.put(_item(message), condition="attribute_not_exists(pk)")
        except ConditionFailed:
            return "waiting"
        return "new"

    def waiting(self) -> list[QueuedMessage]:
        """All waiting messages, in the order in which they were written."""
        found = [_message(item) for item in self._table.list(_PK, "")]
        return sorted(found, key=lambda message: (message.written_at, message.name))

    def claim(self, message: QueuedMessage, until: datetime) -> QueuedMessage | None:
        """Take a message for one attempt, until then; None if it has changed or gone since it was read."""
        taken = msgspec.structs.replace(message, attempts=message.attempts + 1, due_at=until)
        fields = {"attempts": taken.attempts, "due_at": timestamp(until)}
        return taken if self._change(message, fields) else None

    def postpone(self, message: QueuedMessage, until: datetime) -> bool:
        """Let a claimed message wait; False if somebody else has claimed it meanwhile."""
        return self._change(message, {"due_at": timestamp(until)})

    def settle(self, message: QueuedMessage, how: Settled, at: datetime) -> bool:
        """Record what became of a message, and take it out of the outbox; False if that was on record already."""
        new = self._incidents.record_once(
            message.incident,
            _KIND,
            message.name,
            state=how,
            audience=message.audience,
            milestone=message.milestone,
            subject=message.subject,
            written_at=timestamp(message.written_at),
            settled_at=timestamp(at),
            attempts=message.attempts,
        )
        self._table.delete(_PK, _sk(message))
        return new

    def settled(self, message: QueuedMessage) -> bool:
        """Whether what became of a message is on record."""
        return self._incidents.read_note(message.incident, _KIND, message.name) is not None

    def told(self, incident_id: str, audience: str) -> frozenset[Milestone]:
        """The milestones of an incident of which an audience got a message."""
        notes = self._incidents.notes(incident_id, _KIND)
        return frozenset(
            note["milestone"] for note in notes if note.get("state") == "sent" and note["audience"] == audience
        )

    def _change(self, message: QueuedMessage, fields: Item) -> bool:
        try:
            self._table.change(_PK, _sk(message), fields, "attempts = :seen", {":seen": message.attempts})
        except ConditionFailed:
            return False
        return True


def _sk(message: QueuedMessage) -> str:
    return f"{message.audience}#{message.incident}#{message.name}"


def _item(message: QueuedMessage) -> Item:
    fields: dict[str, Any] = msgspec.to_builtins(message)
    written_at = timestamp(message.written_at)
    return {**fields, "pk": _PK, "sk": _sk(message), "written_at": written_at}


def _message(item: Item) -> QueuedMessage:
    return msgspec.convert(item, QueuedMessage)
