"""SealManifest: every entry chained to the one before, and the last hash on the incident's timeline."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws import vault
from lyo_dr.decisions.manifest import MANIFEST, chain, written
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError
from lyo_dr.model.evidence import Branch, Sealed
from lyo_dr.model.incident import Incident
from lyo_dr.steps.vault import Vault


class Request(msgspec.Struct, frozen=True):
    """The incident, and how the branches ended."""

    incident: Incident
    branches: list[Branch]


@step("SealManifest", Request)
def handler(request: Request, here: Here) -> Sealed:
    """A bucket that refuses the manifest as well leaves the entries on the incident's own record."""
    incident, kept = request.incident, Vault(here, request.incident)
    for branch in request.branches:
        if branch.error:
            kept.miss(
                branch.part,
                f"{branch.part}/",
                f"{branch.part}, at least in part",
                f"the step failed with {branch.error}",
            )
    entries = kept.entries()
    lines = chain(incident.id, entries)
    head, gaps = str(lines[-1]["hash"]), sum(1 for entry in entries if entry.gap)
    stored = _store(incident, written(lines), here)
    sentence = (
        f"Evidence: {len(entries) - gaps} preserved, {gaps} missing, {stored}; the head of the manifest is {head}"
    )
    here.incidents.set(incident.id, evidence_head=head, evidence_gaps=gaps, evidence_preserved=len(entries) - gaps)
    here.tell(incident.id, sentence)
    return Sealed(preserved=len(entries) - gaps, gaps=gaps, head=head, sentence=sentence)


def _store(incident: Incident, manifest: bytes, here: Here) -> str:
    bucket = here.names.evidence_bucket
    try:
        vault.put(bucket, here.region, f"{incident.id}/{MANIFEST}", manifest)
    except LyoDrError as refusal:
        return f"no manifest in the bucket ({refusal}), its entries are on the record of the incident"
    return f"manifest in {bucket}/{incident.id}"
