"""Sealing a manifest: every entry chained to the one before, and the last hash on the incident's timeline."""

from __future__ import annotations

from collections.abc import Iterable

from lyo_dr.adapters.aws import s3
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.manifest import MANIFEST, chain, written
from lyo_dr.errors import LyoDrError
from lyo_dr.model.evidence import Branch, Sealed
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.evidence_store import EvidenceStore


def seal(incident: Incident, branches: Iterable[Branch], ctx: StepContext) -> Sealed:
    """Chain the recorded entries; a failed branch is a gap. Sealing again later only appends to the chain.

    If the bucket refuses the manifest, too, the entries are still on the incident's record.
    """
    kept = EvidenceStore(ctx, incident)
    for branch in branches:
        if branch.error:
            what, why = f"{branch.part}, in part or completely", f"the step failed with {branch.error}"
            kept.miss(branch.part, f"{branch.part}/all", what, why)
    entries = kept.entries()
    lines = chain(incident.id, entries)
    head, gaps = str(lines[-1]["hash"]), sum(1 for entry in entries if entry.gap)
    preserved = sum(1 for entry in entries if entry.file)
    where = _store(incident, written(lines), ctx)
    sentence = f"Evidence: {preserved} preserved, {gaps} missing; {where}; the head of the manifest is {head}"
    ctx.store.incidents.set(incident.id, evidence_head=head, evidence_gaps=gaps, evidence_preserved=preserved)
    ctx.record(incident.id, sentence)
    return Sealed(preserved=preserved, gaps=gaps, head=head, sentence=sentence)


def _store(incident: Incident, manifest: bytes, ctx: StepContext) -> str:
    bucket = ctx.names.evidence_bucket
    try:
        s3.put(bucket, ctx.region, f"{incident.id}/{MANIFEST}", manifest)
    except LyoDrError as refusal:
        return f"the manifest could not be stored and is only on the incident's record ({refusal})"
    return f"manifest in {bucket}/{incident.id}"
