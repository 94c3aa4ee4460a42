"""The figures of a run, in its last lines."""

from __future__ import annotations

from typing import Any

from tests.faults.conftest import _only_loopback, build, publish_plan, world
from tests.killed.harness import FIGURES

__all__ = ["_only_loopback", "build", "publish_plan", "world"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What was killed, where this process has killed something."""
    if FIGURES.plays:
        terminalreporter.write_line(f"Killed at every call: {FIGURES}")
