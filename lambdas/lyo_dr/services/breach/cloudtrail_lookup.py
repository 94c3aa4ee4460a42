"""CloudTrail lookups of the suspects' actions, now and once more later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from lyo_dr.adapters.aws import cloudtrail
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.evidence import file_name, lookups
from lyo_dr.model.evidence import Lookup
from lyo_dr.model.plurals import counted
from lyo_dr.model.resource_names import DETECTION_REGION
from lyo_dr.services.breach.evidence_store import EvidenceStore, as_json, as_lines

_PART = "actions"
_HISTORY = timedelta(days=90)
"""As far as AWS CloudTrail remembers without a trail (user guide, "Viewing event history")."""
_TIME = timedelta(seconds=15)
"""For all lookups of one run: the function times out after thirty, and an unresponsive region takes nine."""


def preserve_trail(kept: EvidenceStore, ctx: StepContext) -> None:
    """Preserve whether the plan's trail still records: an intruder stops it first."""
    name = ctx.plan.evidence.trail
    if name is None:
        return
    file, what = f"actions/trail-{file_name(name)}.json", f"status of trail {name}"

    def status() -> None:
        kept.keep(_PART, file, what, as_json(cloudtrail.trail_status(name, ctx.region)))

    kept.attempt(_PART, file, what, status)


def preserve_actions(principals: Iterable[str], when: str, kept: EvidenceStore, ctx: StepContext) -> None:
    """Look up every suspect in this region, in us-east-1 (IAM and console events), and in the peer region."""
    until = ctx.now() + _TIME
    for region in dict.fromkeys((ctx.region, DETECTION_REGION, ctx.peer_region)):
        for principal, lookup in lookups(principals):
            _look_up(principal, lookup, region, when, kept, ctx, until)


def _look_up(
    principal: str, lookup: Lookup, region: str, when: str, kept: EvidenceStore, ctx: StepContext, until: datetime
) -> None:
    """Newest first; the oldest are missing if the time runs out."""
    file = f"actions/{file_name(principal)}-{region}-{when}.jsonl"
    what = f"actions of {principal} in {region}, {when} look"

    def look() -> None:
        now = ctx.now()
        found, complete = cloudtrail.events(lookup, now - _HISTORY, now, region, lambda: ctx.now() < until)
        if not complete:
            kept.miss(_PART, f"{file}/older", f"older {what}", "there were more than could be read within the budget")
        kept.keep(_PART, file, f"{what}: {counted(len(found), 'event')}", as_lines(found))

    kept.attempt(_PART, file, what, look)
