"""PreserveSecrets: which versions each secret has, with labels and dates. Never a value."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secretsmanager import version_ids
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.evidence import Branch, Suspects
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.evidence_store import EvidenceStore, as_json

_PART = "secrets"


class Request(msgspec.Struct, frozen=True):
    """The incident, and the secrets that are suspected to be known."""

    incident: Incident
    suspects: Suspects


@step("PreserveSecrets", Request)
def handler(request: Request, ctx: StepContext) -> Branch:
    """The secrets of the plan and the suspected ones: a rotation moves their labels."""
    kept = EvidenceStore(ctx, request.incident)
    for secret in sorted({*(secret.name for secret in ctx.plan.secrets), *request.suspects.secrets}):
        name, what = f"secrets/{secret.replace('/', '_')}.json", f"version ids of secret {secret}"
        kept.attempt(
            _PART,
            name,
            what,
            lambda secret=secret, name=name, what=what: kept.keep(  # type: ignore[misc]
                _PART, name, what, as_json(version_ids(ctx.plan.secret_in(secret, ctx.region), ctx.region))
            ),
        )
    return Branch(part=_PART)
