"""Questions to people and their answers. The task token is in a separate item that people may not read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.errors import ConditionFailed
from lyo_dr.model.consent import Question, Standing
from lyo_dr.store.timestamps import timestamp

_OPEN = "standing = :open AND facts = :facts AND expires_at > :now"


class Questions:
    """One open question per incident; a newer one replaces it."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def pose(self, question: Question, token: str) -> None:
        """Write the token, then the question that needs it."""
        self._table.put({"pk": f"TOKEN#{question.incident}", "sk": "TOKEN", "token": token})
        fields = {**msgspec.to_builtins(question), "expires_at": timestamp(question.expires_at)}
        self._table.put({"pk": f"INCIDENT#{question.incident}", "sk": "QUESTION", **fields})

    def read(self, incident_id: str) -> Question | None:
        """The current question, or None."""
        item = self._table.get(f"INCIDENT#{incident_id}", "QUESTION")
        return None if item is None else msgspec.convert(_fields(item), Question)

    def token(self, incident_id: str) -> str | None:
        """The task token, only for returning the answer to Step Functions."""
        item = self._table.get(f"TOKEN#{incident_id}", "TOKEN")
        return None if item is None else str(item["token"])

    def answer(self, question: Question, now: datetime) -> bool:
        """Record an answer, once: False if another was first, or the question has changed or expired."""
        fields = {name: getattr(question, name) for name in ("standing", "by", "why", "accepted")}
        values = {":open": "open", ":facts": question.facts, ":now": timestamp(now)}
        return self._change(question.incident, fields, _OPEN, values)

    def take_back(self, question: Question) -> bool:
        """Roll back an answer that could not be delivered; only that very answer."""
        values = {":given": question.standing, ":by": question.by, ":facts": question.facts}
        condition = "standing = :given AND #f1 = :by AND facts = :facts"
        return self._change(question.incident, {"standing": "open", "by": ""}, condition, values)

    def close(self, question: Question) -> bool:
        """Mark an answer as void because the execution no longer waits; False if it is not the one on record."""
        values = {":given": question.standing, ":by": question.by, ":facts": question.facts}
        condition = "standing = :given AND #f1 = :by AND facts = :facts"
        return self._change(question.incident, {"standing": "expired", "by": question.by}, condition, values)

    def expire(self, question: Question) -> bool:
        """Expire an unanswered question; False if it was answered."""
        ended: Standing = "expired"
        values = {":open": "open", ":facts": question.facts}
        return self._change(question.incident, {"standing": ended}, "standing = :open AND facts = :facts", values)

    def _change(self, incident_id: str, fields: Item, condition: str, values: Item) -> bool:
        try:
            self._table.change(f"INCIDENT#{incident_id}", "QUESTION", fields, condition, values)
        except ConditionFailed:
            return False
        return True


def _fields(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("pk", "sk")}
