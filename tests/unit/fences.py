"""The words of the tests of a fence: who took over, and the functions inside the VPC, played here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from lyo_dr.steps.switch_traffic import take_authority
from tests.unit.aws import World
from tests.unit.builders import OREGON, first_day

OREGON_TOOK_OVER = first_day(active_region=OREGON, standby_region=None, epoch=1)
Go = Callable[[str], None]


class Functions:
    """The functions keepers ask, and what they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {
            "close-database": {"database": "bookings", "closed": True, "reason": "closed", "ended": 3},
            "list-recent-rows": {"keys": [], "cut": False},
            "find-rows": [],
        }

    def __call__(self, function: str, payload: dict[str, Any], region: str, **_limits: float) -> Any:
        """In the place of ``invoke``."""
        name = function.removeprefix("lyo-dr-keeper-")
        self.asked.append((name, region, payload))
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer(payload) if callable(answer) else answer


def oregon_takes_over(world: World) -> str:
    """As TakeAuthority leaves it: on record in Oregon alone."""
    incident = world.given_incident()
    world.ctx().store.incidents.set(incident.id, predicted_loss_ms=2000)
    take_authority.handler({"incident": msgspec.to_builtins(incident)})
    return incident.id
