"""Evidence: retention, windows and readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules.causes import reads

_READ_BACK = timedelta(hours=12)
"""An export may miss what is younger (CloudWatch Logs user guide, "Exporting log data to Amazon S3")."""


@reads("regions")
def rules(plan: Plan) -> Iterator[str]:
    """Rules of the part ``evidence``."""
    yield from _times(plan)
    yield from _places(plan)


def _times(plan: Plan) -> Iterator[str]:
    part = plan.evidence
    if part.fresh < _READ_BACK:
        yield f"evidence.fresh: {part.fresh}; an export may miss the last twelve hours, write PT12H or more"
    if part.history < part.fresh:
        yield "evidence.history: shorter than evidence.fresh; lengthen it"
    if part.copy_within > timedelta(minutes=15):
        held = humanize(part.copy_within)
        yield f"evidence.copy_within: {held} would hold a rotation up for too long; write PT15M or less"
    if part.export_within > timedelta(hours=24):
        waits = humanize(part.export_within)
        yield f"evidence.export_within: {waits}; an export times out after a day, write P1D or less"


def _places(plan: Plan) -> Iterator[str]:
    for region in sorted(set(plan.evidence.log_groups) - set(plan.regions.pair)):
        yield f"evidence.log_groups: {region} is none of the two regions; use {' or '.join(plan.regions.pair)}"
