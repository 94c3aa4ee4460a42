"""Faults of databases: wrong answers and delays that have occurred on AWS."""

import threading
from dataclasses import dataclass, field

STRETCHED = ("promotion", "modification", "backup", "task_start")
"""Phases a caller may stretch; everything else is as quick as it can be."""
STRETCHABLE = (*STRETCHED, "storage_optimization")
"""With the one that holds nothing up: an instance serves, and is promoted, while its storage is optimised."""


@dataclass
class Faults:
    """Faults in force, by instance identifier. Set through the admin API.

    ``promotion_skipped``: PromoteReadReplica succeeds in every answer, and the server stays a replica.
    ``promotion_stuck``: the instance stays ``modifying`` until the fault is lifted.
    ``promotion_replays``: a promotion replays everything that was received, even where replay was held.
    """

    promotion_skipped: frozenset[str] = frozenset()
    promotion_stuck: frozenset[str] = frozenset()
    promotion_replays: frozenset[str] = frozenset()
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def set(self, promotion_skipped: list[str], promotion_stuck: list[str], promotion_replays: list[str]) -> None:
        """Replace all faults."""
        with self._changed:
            self.promotion_skipped = frozenset(promotion_skipped)
            self.promotion_stuck = frozenset(promotion_stuck)
            self.promotion_replays = frozenset(promotion_replays)
            self._changed.notify_all()

    def wait_while_stuck(self, identifier: str) -> None:
        """Return when no fault holds the promotion of this instance (any more)."""
        with self._changed:
            self._changed.wait_for(lambda: identifier not in self.promotion_stuck)

    def as_dict(self) -> dict[str, list[str]]:
        """The faults as the admin API takes and shows them."""
        return {
            "promotion_skipped": sorted(self.promotion_skipped),
            "promotion_stuck": sorted(self.promotion_stuck),
            "promotion_replays": sorted(self.promotion_replays),
        }
