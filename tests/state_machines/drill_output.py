"""Everything of a drill that is shown or written, to be searched for what must not be in it."""

from __future__ import annotations

import json
from pathlib import Path

from drills.report import html
from drills.results import result_json
from drills.results.measure import measure
from drills.results.path_steps import path_steps
from drills.results.record import Recorded
from tests.plans import lyo_plan


def shown_and_written(recorded: Recorded, screen: str, folder: Path) -> list[str]:
    """The screen, the record, and the files in ``folder``, into which both results are written."""
    result = result_json.as_json(recorded, measure(recorded, path_steps()), lyo_plan(), [])
    result_json.write(folder / "drill.json", result)
    html.write(folder / "drill.html", json.loads((folder / "drill.json").read_text(encoding="utf-8")))
    return [screen, repr(recorded), *(path.read_text(encoding="utf-8") for path in folder.iterdir())]
