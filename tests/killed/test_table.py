"""The table in memory answers as moto does, to every kind of call and condition the store makes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lyo_dr.adapters.aws.session import client
from tests.killed.table import Tables
from tests.unit.aws import World
from tests.unit.builders import OREGON

_KEY = {"pk": {"S": "OUTBOX"}, "sk": {"S": "A"}}
_CONDITIONS = [
    "attribute_not_exists(pk)",
    "attribute_not_exists(pk) OR epoch < :n",
    "attribute_not_exists(pk) OR epoch <= :n",
    "attribute_not_exists(lives) OR lives = :no OR epoch < :n",
    "holder = :holder AND epoch = :n AND epoch > :n",
    "holder = :holder AND epoch >= :n",
    "holder <> :holder",
    "holder = :holder AND (epoch > :n OR epoch = :n) AND (attribute_not_exists(lives) OR lives = :no)",
    "holder = :holder AND attribute_not_exists(lives)",
]
_VALUES = {":n": {"N": "2"}, ":no": {"BOOL": False}, ":holder": {"S": "me"}}


def _put(condition: str | None = None, epoch: int = 2, **more: Any) -> tuple[str, dict[str, Any]]:
    asked: dict[str, Any] = {"Item": {**_KEY, "epoch": {"N": str(epoch)}, **more}}
    if condition is not None:
        used = {name: value for name, value in _VALUES.items() if name in re.sub("[()]", " ", condition).split()}
        asked |= {"ConditionExpression": condition, **({"ExpressionAttributeValues": used} if used else {})}
    return "PutItem", asked


_CHANGE: tuple[str, dict[str, Any]] = (
    "UpdateItem",
    {
        "Key": _KEY,
        "UpdateExpression": "SET #f0 = :f0",
        "ExpressionAttributeNames": {"#f0": "state"},
        "ExpressionAttributeValues": {":f0": {"S": "closed"}},
    },
)
_LIST: tuple[str, dict[str, Any]] = (
    "Query",
    {
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
        "ExpressionAttributeValues": {":pk": {"S": "OUTBOX"}, ":sk": {"S": "A"}},
    },
)
_LIST_ALL: tuple[str, dict[str, Any]] = (
    "Query",
    {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "OUTBOX"}}},
)
_DELETE: tuple[str, dict[str, Any]] = ("DeleteItem", {"Key": _KEY})
_READS: list[tuple[str, dict[str, Any]]] = [("GetItem", {"Key": _KEY}), _LIST, _LIST_ALL]
_METHODS = {
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "GetItem": "get_item",
    "Query": "query",
}


def _said(answer: Any) -> Any:
    try:
        found = answer()
    except ClientError as refusal:
        return refusal.response["Error"]["Code"]
    return {name: found[name] for name in ("Item", "Items") if name in found}


@pytest.mark.parametrize("before", [[], [_put()], [_put(epoch=1, holder={"S": "me"}, lives={"BOOL": True})]])
@pytest.mark.parametrize("condition", _CONDITIONS)
def test_the_table_in_memory_answers_as_moto(
    world: World, before: list[tuple[str, dict[str, Any]]], condition: str
) -> None:
    name, memory = world.ctx().names.table, Tables()
    world.prepare("dynamodb")
    moto = client("dynamodb", OREGON)
    for operation, asked in [*before, _put(condition), _CHANGE, *_READS, _DELETE, *_READS, _DELETE]:
        method = getattr(moto, _METHODS[operation])
        asked = {"TableName": name, **asked}
        real = _said(lambda method=method, asked=asked: method(**asked))
        ours = _said(lambda operation=operation, asked=asked: memory.answer(OREGON, operation, asked))
        assert ours == real, f"{operation} after {before}, with {condition}"
