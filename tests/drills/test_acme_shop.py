"""Somebody else's system, rehearsed whole: its schema, its programs, its paths, its tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.drill, pytest.mark.timeout(400)]

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("drill", ["region-loss", "bad-migration", "rotation"])
def test_the_shop_passes(drill: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli", "drill", drill, "--plan", "examples/acme-shop/plan.yaml"]
    ran = subprocess.run(
        [*command, "--results", str(tmp_path)], cwd=_ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    result = json.loads((tmp_path / drill / "drill.json").read_text(encoding="utf-8"))
    assert result["bookings"]["acknowledged"] > 0
    assert result["missed"] == []
