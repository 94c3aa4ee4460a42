"""Route 53: reading and changing the front record.

Its control plane runs in us-east-1 whatever region a client names (Route 53 developer guide, "Resilience"). Only the
traffic strategy ``record`` calls it; the latch does without.
"""

from __future__ import annotations

from typing import Any, Literal

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import NotFound
from lyo_dr.model.facts import FrontRecord
from lyo_dr.model.plan import Target, Traffic
from lyo_dr.model.resource_names import DETECTION_REGION

_TYPE = "A"


def front_records(traffic: Traffic) -> list[FrontRecord]:
    """The address records under the front name; several where they have a routing policy. Raises NotFound."""
    with calling(f"listing the records of {traffic.name} in zone {traffic.hosted_zone}"):
        answer = _client().list_resource_record_sets(
            HostedZoneId=traffic.hosted_zone, StartRecordName=traffic.name, StartRecordType=_TYPE, MaxItems="10"
        )
    wanted = traffic.name.rstrip(".").lower()
    return [
        _record(raw)
        for raw in answer["ResourceRecordSets"]
        if raw["Name"].rstrip(".").lower() == wanted and raw["Type"] == _TYPE
    ]


def lead_to(traffic: Traffic, target: Target, comment: str) -> str:
    """Put the front record in place of the present one, or where there is none; the id of the change.

    An UPSERT and nothing else: the name is never without an answer. Raises Throttled while an earlier change is
    under way, AwsCallFailed for a change Route 53 does not accept.
    """
    change = {"Action": "UPSERT", "ResourceRecordSet": _record_set(traffic, target)}
    with calling(f"changing the record of {traffic.name} in zone {traffic.hosted_zone}"):
        answer = _client().change_resource_record_sets(
            HostedZoneId=traffic.hosted_zone, ChangeBatch={"Comment": comment, "Changes": [change]}
        )
    return str(answer["ChangeInfo"]["Id"]).rsplit("/", 1)[-1]


def change_status(change_id: str) -> Literal["PENDING", "INSYNC"] | None:
    """How far a change has come; None when Route 53 does not know it (any more)."""
    try:
        with calling(f"asking for change {change_id}"):
            status = _client().get_change(Id=change_id)["ChangeInfo"]["Status"]
    except NotFound:
        return None
    return "INSYNC" if status == "INSYNC" else "PENDING"


def _client() -> Any:
    return client("route53", DETECTION_REGION)


def _record_set(traffic: Traffic, target: Target) -> dict[str, Any]:
    answer: dict[str, Any] = {"Name": traffic.name, "Type": _TYPE}
    if target.load_balancer and target.hosted_zone:
        # Evaluating the target's health would leave the name without an answer while the load balancer starts.
        answer["AliasTarget"] = {
            "DNSName": target.load_balancer,
            "HostedZoneId": target.hosted_zone,
            "EvaluateTargetHealth": False,
        }
        return answer
    answer["TTL"] = int(traffic.ttl.total_seconds())
    answer["ResourceRecords"] = [{"Value": target.address}]
    return answer


def _record(raw: dict[str, Any]) -> FrontRecord:
    alias = raw.get("AliasTarget")
    values = [alias["DNSName"]] if alias else [value["Value"] for value in raw.get("ResourceRecords", [])]
    return FrontRecord(
        leads_to=sorted(value.rstrip(".").lower().removeprefix("dualstack.") for value in values),
        routed=raw.get("SetIdentifier") is not None,
    )
