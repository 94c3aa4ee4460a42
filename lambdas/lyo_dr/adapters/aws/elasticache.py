"""ElastiCache: the AUTH token of a replication group."""

from __future__ import annotations

from typing import Any, Literal

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import AwsCallFailed, NotFound
from lyo_dr.model.cache import CacheGroup


def read_group(group: str, region: str) -> CacheGroup:
    """Its status, a change of its token that is under way, and its nodes. Raises NotFound.

    Status goes from available to modifying and back; ``AuthTokenStatus`` among the pending values is SETTING or
    ROTATING meanwhile. Groups in cluster mode name no endpoints of their nodes (ElastiCache API reference,
    ReplicationGroup, ReplicationGroupPendingModifiedValues, NodeGroupMember).
    """
    with calling(f"describing cache {group} in {region}"):
        answer = client("elasticache", region).describe_replication_groups(ReplicationGroupId=group)
    if not answer["ReplicationGroups"]:
        raise NotFound(f"cache {group} does not exist in {region}")
    found = answer["ReplicationGroups"][0]
    return CacheGroup(
        status=found["Status"],
        pending=str((found.get("PendingModifiedValues") or {}).get("AuthTokenStatus") or ""),
        nodes=_nodes(found),
    )


def change_token(group: str, region: str, token: str, strategy: Literal["ROTATE", "SET"]) -> None:
    """ROTATE: this token and the newest before it are valid. SET: this one alone. Raises WrongState while it changes.

    The change is made at once, and nobody is disconnected by it (ElastiCache user guide, "Modifying the AUTH token on
    an existing cluster"; API reference, ModifyReplicationGroup). Refusals are told by their code: a message might
    quote what was asked.
    """
    try:
        with calling(f"changing the token of cache {group} in {region}"):
            client("elasticache", region).modify_replication_group(
                ReplicationGroupId=group, AuthToken=token, AuthTokenUpdateStrategy=strategy, ApplyImmediately=True
            )
    except AwsCallFailed as refusal:
        code = getattr(refusal.__cause__, "response", {}).get("Error", {}).get("Code", "refused")
        raise AwsCallFailed(f"changing the token of cache {group} in {region}: {code}") from None


def _nodes(found: dict[str, Any]) -> list[str]:
    members = [member for group in found.get("NodeGroups") or [] for member in group.get("NodeGroupMembers") or []]
    ends = [member["ReadEndpoint"] for member in members if member.get("ReadEndpoint")]
    return [f"{end['Address']}:{end['Port']}" for end in ends]
