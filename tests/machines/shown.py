"""Everything of a drill that is shown or written, to be searched for what must not be in it."""

from __future__ import annotations

import json
from pathlib import Path

from rehearsal.drill import report
from rehearsal.drill.measure import measure
from rehearsal.drill.record import Recorded
from rehearsal.drill.steps import path_steps
from rehearsal.report import html
from tests.plans import lyo_plan


def shown_and_written(recorded: Recorded, screen: str, folder: Path) -> list[str]:
    """The screen, the record, and the files in ``folder``, into which both results are written."""
    result = report.as_json(recorded, measure(recorded, path_steps()), lyo_plan(), [])
    report.write(folder / "drill.json", result)
    html.write(folder / "drill.html", json.loads((folder / "drill.json").read_text(encoding="utf-8")))
    return [screen, repr(recorded), *(path.read_text(encoding="utf-8") for path in folder.iterdir())]
