"""What AWS CloudTrail's event history knows without a trail.

Upstream records only where it is configured to, names every caller by the id of the access key, and records calls of
data planes, too. AWS keeps the management events of 90 days, of every caller: a user by its name, a session by the name
of the session (user guide, "Viewing event history" and "CloudTrail userIdentity element"). AWS delivers them minutes
later, here they come without delay.
"""

import json
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import cloudtrail

from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.app:_get_module",
    "ministack.app:_maybe_record_cloudtrail",
    "ministack.core.iam_evaluator:caller_arn",
    "ministack.services.cloudtrail:_get_event_queue",
    "ministack.services.cloudtrail:_recording_enabled",
    "ministack.services.cloudtrail:record_event",
)

_DATA = frozenset(("dynamodb", "s3", "sqs", "sns", "execute-api"))
"""Services whose calls here are nearly all about data: such events reach a trail only, and only where it says so."""
_DATA_EVENTS = frozenset(
    ("FilterLogEvents", "GetLogEvents", "GetMetricData", "Invoke", "PutEvents", "PutLogEvents", "PutMetricData")
)


def apply(_world: PatchContext) -> None:
    """Record from the beginning, and under the names AWS uses."""
    record = cloudtrail.record_event

    def record_management_event(**event: Any) -> None:
        if event["service"] in _DATA or event["event_name"] in _DATA_EVENTS:
            return
        identity = identity_of(iam_evaluator.caller_arn(), event["access_key_id"])
        record(**{**event, "username": identity["name"]})
        recorded = cloudtrail._get_event_queue()[-1]
        content = json.loads(recorded["CloudTrailEvent"])
        content["userIdentity"] = {**content["userIdentity"], **identity["user_identity"]}
        recorded["CloudTrailEvent"] = json.dumps(content)

    cloudtrail.record_event = record_management_event
    cloudtrail._recording_enabled = True
    app._get_module("cloudtrail")


def identity_of(arn: str, access_key: str) -> dict[str, Any]:
    """The user name of an event, and what differs in its ``userIdentity``."""
    kind, _, rest = arn.rsplit(":", 1)[-1].partition("/")
    name = (rest or kind).rsplit("/", 1)[-1]
    types = {"user": "IAMUser", "assumed-role": "AssumedRole", "root": "Root"}
    user_identity = {"type": types.get(kind, "AWSService"), "arn": arn, "userName": name, "accessKeyId": access_key}
    return {"name": name, "user_identity": user_identity}
