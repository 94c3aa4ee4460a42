"""When an execution enters its first state.

Upstream lets every execution pause for 0.15 s before it does, nested ones too. No document of AWS knows such a pause,
and a failover of eight nested executions would be measured more than a second too long.
"""

import time
from typing import Any

from ministack.services import stepfunctions

from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.services.stepfunctions:time", "ministack.services.stepfunctions:_run_execution")

_PAUSE_SECONDS = 0.15
"""No wait of the States Language is as long: they are whole seconds, or grow out of them."""


class _Clock:
    """The module ``time`` as the emulator's state machines see it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    @staticmethod
    def sleep(seconds: float) -> None:
        if seconds != _PAUSE_SECONDS:
            time.sleep(seconds)


def apply(_world: PatchContext) -> None:
    """Leave the pause out."""
    stepfunctions.time = _Clock()
