"""PreserveRequests: the requests AWS WAF has kept samples of, which it forgets after three hours."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lyo_dr.adapters.aws.requests import metrics_of, sampled
from lyo_dr.decisions.evidence import web_acl
from lyo_dr.decisions.redaction import without_credentials
from lyo_dr.doorman import Here, step
from lyo_dr.model.evidence import Branch
from lyo_dr.model.incident import Incident
from lyo_dr.steps.vault import Vault, as_lines

_PART = "requests"
_KEPT_FOR = timedelta(hours=3)


class Request(msgspec.Struct, frozen=True):
    """The incident."""

    incident: Incident


@step("PreserveRequests", Request)
def handler(request: Request, here: Here) -> Branch:
    """Without a web ACL in the plan there is nothing to preserve, and nothing is missing."""
    arn = here.plan.evidence.web_acls.get(here.region)
    if arn is not None:
        kept, file = Vault(here, request.incident), f"requests/{web_acl(arn).name}.jsonl"
        kept.attempt(_PART, file, f"sampled requests of {arn}", lambda: _preserve(arn, file, kept, here))
    return Branch(part=_PART)


def _preserve(arn: str, file: str, kept: Vault, here: Here) -> None:
    acl, now = web_acl(arn), here.now()
    found = [
        without_credentials(one)
        for metric in metrics_of(acl, here.region)
        for one in sampled(acl, metric, now - _KEPT_FOR, now, here.region)
    ]
    kept.keep(_PART, file, f"{len(found)} sampled requests of web ACL {acl.name}", as_lines(found), arn)
