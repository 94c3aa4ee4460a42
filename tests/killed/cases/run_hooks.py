"""The cases of ``run_hooks``. The hook bears the end of a step's name, as every function on this stage does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from lyo_dr.model.plan import Hook, Plan
from tests.killed.given import an_event
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, OREGON

_FUNCTION = "shop-hook-send-messages"


def _with_a_hook() -> Plan:
    places = {IRELAND: _FUNCTION, OREGON: _FUNCTION}
    hook = Hook(name="consumers", stage="before_traffic", budget=timedelta(minutes=10), function=places)
    return msgspec.structs.replace(lyo_plan(), hooks=[hook])


def _a_hook(stage: Stage) -> dict[str, Any]:
    acted: set[str] = set()
    stage.kept["acted"] = acted

    def consumers(event: dict[str, Any]) -> dict[str, str]:
        acted.add(event["key"])
        return {"status": "done"}

    stage.functions[_FUNCTION] = consumers
    return {**an_event(stage), "stage": "before_traffic"}


CASES = {
    "call_hook": Case(
        _a_hook,
        plan=_with_a_hook,
        until="done",
        blurred={
            " / calls": "a call whose answer was lost is made again; the hook is idempotent by its key",
            " / sentence": "how long it took",
        },
    ),
}
