"""Measure what a cold start of each step costs beside a bare boto3 client: ``make bench-import``.

Each measurement is a fresh process: the module of the step is imported and its handler called with ``{"warm": true}``,
which makes the client of the table. Beside it stands what every function in Python that talks to a table pays:
``boto3.client("dynamodb")``, and where a step speaks SQL, the import of the driver as well. CPU time counts, so that a
busy machine does not; a function of 512 MB has 0.29 of a processor, so the ratio is what a cold start shows too.

Every step is measured once, which takes about a minute on two processors, and the ten that look worst again, in turns
with the bare client. A machine that is busy with other things distorts even CPU time: measure on a quiet one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console

from cli.plan_file import load_plan

LIMIT = 1.15
"""No step may cost more than this many bare clients."""
_WORST, _BARE_RUNS = 10, 9
_ROOT = Path(__file__).resolve().parents[1]
_BARE = "import boto3; boto3.client('dynamodb', region_name='eu-west-1')"
_BARE_SQL = f"import pg8000.native; {_BARE}"
_STEP = "import importlib; importlib.import_module('lyo_dr.steps.{}').handler({{'warm': True}})"
_CLOCK = "import time; began = time.process_time(); {}; print(time.process_time() - began)"
_DRIVER = "import sys, importlib; importlib.import_module('lyo_dr.steps.{}'); print(float('pg8000' in sys.modules))"


def steps(wanted: str) -> list[str]:
    """The modules with a handler whose name contains ``wanted``."""
    folder = _ROOT / "lambdas" / "lyo_dr" / "steps"
    found = (path for path in sorted(folder.glob("*/*.py")) if "handler" in path.read_text(encoding="utf-8"))
    names = (".".join(path.relative_to(folder).with_suffix("").parts) for path in found)
    return [name for name in names if wanted in name]


def bare(name: str, layer: str) -> str:
    """What a step is compared with."""
    return _BARE_SQL if printed(_DRIVER.format(name), layer) else _BARE


def seconds(code: str, layer: str) -> float:
    """CPU seconds of one fresh process."""
    return printed(_CLOCK.format(code), layer)


def printed(code: str, layer: str) -> float:
    """The number a fresh process prints last."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(_ROOT / "lambdas"), layer]),
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    return float(ended.stdout.splitlines()[-1])


def roughly(names: list[str], layer: str) -> dict[str, float]:
    """The ratio of each step by one measurement, on all processors at once, beside the median of what it is compared
    with.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        usual = {
            code: statistics.median(pool.map(lambda _, code=code: seconds(code, layer), range(_BARE_RUNS)))
            for code in (_BARE, _BARE_SQL)
        }
        ours = pool.map(lambda name: seconds(_STEP.format(name), layer) / usual[bare(name, layer)], names)
        return dict(zip(names, ours, strict=True))


def exactly(name: str, layer: str, runs: int) -> float:
    """The ratio of one step by medians, in turns with the bare client: what slows one down for a while slows both."""
    other = bare(name, layer)
    pairs = [(seconds(_STEP.format(name), layer), seconds(other, layer)) for _ in range(runs)]
    return statistics.median(ours for ours, _ in pairs) / statistics.median(theirs for _, theirs in pairs)


def main(runs: int, wanted: str) -> int:
    """Print the ratio of each step, the worst last and measured again; 1 when one is beyond the limit."""
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="lyo-bench-") as layer:
        plan = load_plan(_ROOT / "plan.yaml").to_json()
        Path(layer, "lyo_dr_plan.py").write_text(f"PLAN = {plan!r}\n", encoding="utf-8")
        seconds(_BARE, layer)
        ratios = roughly(steps(wanted), layer)
        worst = sorted(ratios, key=ratios.__getitem__)[-_WORST:]
        ratios |= {name: exactly(name, layer, runs) for name in worst}
    for name, ratio in sorted(ratios.items(), key=lambda entry: (entry[0] in worst, entry[1])):
        console.print(f"{ratio:5.2f}  {name}" + ("" if name in worst else "  (measured once)"))
    beyond = [name for name in worst if ratios[name] > LIMIT]
    most = max(ratios[name] for name in worst)
    console.print(f"{len(ratios)} steps: median {statistics.median(ratios.values()):.2f}, worst {most:.2f} ({LIMIT})")
    return 1 if beyond else 0


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5, help="measurements of each of the worst steps")
    arguments.add_argument("--only", default="", help="a part of the names of the steps that are measured")
    chosen = arguments.parse_args()
    sys.exit(main(chosen.runs, chosen.only))
