"""The consent on record of an incident."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.model.consent import Consent
from lyo_dr.model.incident import Incident


def consent_of(ctx: StepContext, incident: Incident) -> Consent | None:
    """Who consented to which facts of this incident, or None."""
    head = ctx.store.incidents.head(incident.id)
    given = None if head is None else head.get("consent")
    return None if given is None else msgspec.convert(given, Consent)


def consent_to(ctx: StepContext, incident: Incident, facts: str | None) -> Consent | None:
    """The consent of this incident, if it is to exactly these facts: an earlier one does not cover later doubts."""
    given = consent_of(ctx, incident)
    return given if given is not None and given.facts == facts else None
