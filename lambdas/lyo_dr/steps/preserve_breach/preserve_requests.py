"""PreserveRequests: the requests AWS WAF has kept samples of, which it forgets after three hours."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lyo_dr.adapters.aws.waf import find_web_acl, metrics_of, sampled
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.evidence import file_name
from lyo_dr.decisions.breach.redaction import without_credentials
from lyo_dr.handler import step
from lyo_dr.model.evidence import Branch
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted
from lyo_dr.services.breach.evidence_store import EvidenceStore, as_lines

_PART = "requests"
_KEPT_FOR = timedelta(hours=3)


class Request(msgspec.Struct, frozen=True):
    """The incident."""

    incident: Incident


@step("PreserveRequests", Request)
def handler(request: Request, ctx: StepContext) -> Branch:
    """Without a web ACL in the plan there is nothing to preserve, and nothing is missing."""
    name = ctx.plan.breach.web_acls.get(ctx.region) if ctx.plan.breach else None
    if name is not None:
        kept, file = EvidenceStore(ctx, request.incident), f"requests/{file_name(name)}.jsonl"
        kept.attempt(_PART, file, f"sampled requests of {name}", lambda: _preserve(name, file, kept, ctx))
    return Branch(part=_PART)


def _preserve(name: str, file: str, kept: EvidenceStore, ctx: StepContext) -> None:
    acl, now = find_web_acl(name, ctx.region), ctx.now()
    found = [
        without_credentials(one)
        for metric in metrics_of(acl, ctx.region)
        for one in sampled(acl, metric, now - _KEPT_FOR, now, ctx.region)
    ]
    kept.keep(_PART, file, f"{counted(len(found), 'sampled request')} of web ACL {acl.name}", as_lines(found), acl.arn)
