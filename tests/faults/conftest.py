"""Faults are injected into the same two regions that the unit tests of steps run in."""

from __future__ import annotations

from tests.unit.conftest import _only_loopback, build, publish_plan, world

__all__ = ["_only_loopback", "build", "publish_plan", "world"]
