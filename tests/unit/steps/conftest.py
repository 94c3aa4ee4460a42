"""What the tests of the keepers share."""

from __future__ import annotations

import pytest

from lyo_dr.steps.keeper import count_divergence, fence_self
from tests.unit.fences import Functions, Go


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Functions:
    found = Functions()
    for module in (fence_self, count_divergence):
        monkeypatch.setattr(module, "invoke", found)
    return found


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Go:
    """Be in a region from now on."""
    return lambda region: monkeypatch.setenv("AWS_REGION", region)
