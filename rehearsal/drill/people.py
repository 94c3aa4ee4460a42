"""People in a drill: they use the command line as anybody would, with their own words and its own exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rehearsal.drill.scene import Scene

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 60.0
_TWO = ("ada", "grace")


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    text: str


def lyo_dr(scene: Scene, *words: str) -> Said:
    """Run ``lyo-dr`` against the world of the drill; shown with its answer."""
    command = [sys.executable, "-m", "cli", *words]
    ended = subprocess.run(
        command, cwd=_ROOT, env=_environment(scene), capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    said = Said(ended.returncode, (ended.stdout + ended.stderr).strip())
    scene.screen.stage(f"A person types: lyo-dr {' '.join(words)}")
    scene.screen.stage(f"  {said.text.splitlines()[-1] if said.text else 'no answer'} (exit code {said.code})")
    return said


def start_by_hand(scene: Scene, after: float = 0.0) -> None:
    """Somebody says that the primary is lost, some time after it."""
    scene.let_pass(after)
    lyo_dr(scene, "start", "--region", scene.primary, "--by", "ada", "--yes")


def two_start(scene: Scene) -> None:
    """Two people say so at the same moment."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda who: lyo_dr(scene, "start", "--region", scene.primary, "--by", who, "--yes"), _TWO))


def _environment(scene: Scene) -> dict[str, str]:
    world = scene.world
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": f"{_ROOT / 'lambdas'}:{_ROOT}",
        "LYO_DR_PLAN": str(world.directory / "plan.json"),
        "AWS_ENDPOINT_URL": world.aws.endpoint,
        "AWS_DEFAULT_REGION": scene.secondary,
        "AWS_ACCESS_KEY_ID": world.plan.account,
        "AWS_SECRET_ACCESS_KEY": "unchecked",
        "COLUMNS": "200",
    }
