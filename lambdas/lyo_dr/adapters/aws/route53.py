"""Route 53: reading and changing the front records.

Its control plane runs in us-east-1 whatever region a client names (Route 53 developer guide, "Resilience"). Only the
traffic strategy ``record`` calls it; the latch does without.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import NotFound
from lyo_dr.model.facts import FrontRecord, RecordKind
from lyo_dr.model.plan import Target, Traffic
from lyo_dr.model.resource_names import DETECTION_REGION

_MOST = 300
"""Record sets in one answer (API reference, ListResourceRecordSets); those of one name come first of all."""


def front_records(traffic: Traffic) -> list[FrontRecord]:
    """The records under the front name that lead clients somewhere; several of a type where they have a routing policy.

    Raises NotFound.
    """
    with calling(f"listing the records of {traffic.name} in zone {traffic.hosted_zone}"):
        answer = _client().list_resource_record_sets(
            HostedZoneId=traffic.hosted_zone, StartRecordName=traffic.name, StartRecordType="A", MaxItems=str(_MOST)
        )
    wanted = traffic.name.rstrip(".").lower()
    return [
        _record(raw)
        for raw in answer["ResourceRecordSets"]
        if raw["Name"].rstrip(".").lower() == wanted and raw["Type"] in get_args(RecordKind)
    ]


def lead_to(traffic: Traffic, target: Target, kinds: list[RecordKind], comment: str) -> str:
    """Put front records of these types in place of the present ones, or where there are none; the id of the change.

    UPSERTs of one batch, which Route 53 applies together or not at all (API reference, ChangeResourceRecordSets), and
    nothing else: the name is never without an answer. Raises Throttled while an earlier change is under way,
    AwsCallFailed for a change Route 53 does not accept.
    """
    changes = [{"Action": "UPSERT", "ResourceRecordSet": _record_set(traffic, target, kind)} for kind in kinds]
    with calling(f"changing the record of {traffic.name} in zone {traffic.hosted_zone}"):
        answer = _client().change_resource_record_sets(
            HostedZoneId=traffic.hosted_zone, ChangeBatch={"Comment": comment, "Changes": changes}
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


def _record_set(traffic: Traffic, target: Target, kind: RecordKind) -> dict[str, Any]:
    answer: dict[str, Any] = {"Name": traffic.name, "Type": kind}
    if target.load_balancer and target.hosted_zone and kind != "CNAME":
        # Evaluating the target's health would leave the name without an answer while the load balancer starts.
        answer["AliasTarget"] = {
            "DNSName": target.load_balancer,
            "HostedZoneId": target.hosted_zone,
            "EvaluateTargetHealth": False,
        }
        return answer
    answer["TTL"] = int(traffic.ttl.total_seconds())
    answer["ResourceRecords"] = [{"Value": target.host}]
    return answer


def _record(raw: dict[str, Any]) -> FrontRecord:
    alias = raw.get("AliasTarget")
    values = [alias["DNSName"]] if alias else [value["Value"] for value in raw.get("ResourceRecords", [])]
    if raw["Type"] not in ("HTTPS", "SVCB"):
        values = [value.rstrip(".").lower().removeprefix("dualstack.") for value in values]
    return FrontRecord(leads_to=sorted(values), routed=raw.get("SetIdentifier") is not None, kind=raw["Type"])
