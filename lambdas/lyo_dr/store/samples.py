"""The last observations of the peer region, in a ring buffer: bounded, cheap, and no cleanup is needed."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.decisions.common.agreement import carried_on, speaks_of_loss
from lyo_dr.errors import ConditionFailed
from lyo_dr.model.facts import Sample
from lyo_dr.store.timestamps import timestamp

SLOTS = 60


class Samples:
    """Observations of one region about its peer.

    Two in the same slot are from about the same time: the later one is kept, but it never replaces one in which part
    of the region responded. The watcher and an incident observe in parallel, and a failed observation of the one must
    not overwrite a response seen by the other.
    """

    def __init__(self, table: Table, every: timedelta) -> None:
        self._table = table
        self._every = every.total_seconds()

    def add(self, sample: Sample, gap: timedelta) -> list[Sample]:
        """Store a sample and return all, oldest first. It inherits the start of the unresponsive period."""
        earlier = self.last()
        sample = carried_on(sample, earlier, gap=gap)
        self._keep(sample)
        return [*earlier, sample]

    def _keep(self, sample: Sample) -> None:
        """Write to the slot of its time; the previous content is a whole round older."""
        turn = int(sample.at.timestamp() / self._every)
        item: Item = {
            "pk": "SYSTEM",
            "sk": f"SAMPLE#{turn % SLOTS:02d}",
            "turn": turn,
            "lives": speaks_of_loss(sample) is False,
            "at": timestamp(sample.at, "milliseconds"),
            "ms": round(sample.seconds * 1000),
            "app": sample.app,
            "witness": sample.witness,
            "own": sample.own,
            "neutral": sample.neutral,
            "heard_at": timestamp(sample.heard_at, "milliseconds") if sample.heard_at else None,
            "silent_by": timestamp(sample.silent_by, "milliseconds") if sample.silent_by else None,
        }
        condition = "attribute_not_exists(lives) OR lives = :no OR turn < :turn"
        with contextlib.suppress(ConditionFailed):
            self._table.put(item, condition=condition, values={":no": False, ":turn": turn})

    def last(self) -> list[Sample]:
        """All samples, oldest first."""
        found = [_sample(item) for item in self._table.list("SYSTEM", "SAMPLE#")]
        return sorted(found, key=lambda sample: sample.at)


def _sample(item: Item) -> Sample:
    return Sample(
        at=datetime.fromisoformat(item["at"]),
        seconds=int(item["ms"]) / 1000,
        app=item["app"],
        witness=item["witness"],
        own=item["own"],
        neutral=item["neutral"],
        heard_at=datetime.fromisoformat(item["heard_at"]) if item["heard_at"] else None,
        silent_by=datetime.fromisoformat(item["silent_by"]) if item["silent_by"] else None,
    )
