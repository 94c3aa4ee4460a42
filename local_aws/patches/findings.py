"""Findings of GuardDuty.

Upstream has no GuardDuty, and like AWS it refuses an event whose source begins with ``aws.``. GuardDuty puts
its findings on the default bus of the region in which it found something (GuardDuty user guide, "Processing GuardDuty
findings with Amazon EventBridge"). Here the account itself may put events of this one source, and so play GuardDuty;
no role may, which is what keeps the product from making findings up.
"""

from typing import Any

from ministack.services import eventbridge

from local_aws.gateway.request import current_call
from local_aws.patch_context import PatchContext

SOURCE = "aws.guardduty"
REQUIRES = ("ministack.services.eventbridge:_put_events",)


def apply(_world: PatchContext) -> None:
    """Let a finding pass that the account puts."""
    put = eventbridge._put_events

    def put_findings(data: dict[str, Any], allow_aws_source: bool = False) -> Any:
        return put(data, allow_aws_source=allow_aws_source or _plays_guardduty(data))

    eventbridge._put_events = put_findings


def _plays_guardduty(data: dict[str, Any]) -> bool:
    call = current_call.get()
    entries = data.get("Entries") or []
    return call is not None and bool(call.account) and all(one.get("Source") == SOURCE for one in entries)
