"""A DynamoDB table in memory, for the thousands of runs here: moto takes milliseconds for each call.

It knows the calls and conditions the store makes and refuses every other; ``test_table.py`` holds it against moto.
"""

from __future__ import annotations

import copy
import operator
import re
from collections.abc import Callable
from typing import Any

from tests.unit.aws import refusal

_Typed = dict[str, Any]
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "<>": operator.ne,
}
_NESTED = re.compile(r"(?<![^ (])\(((?:[^()]|\([^()]*\))*)\)")
"""What stands in parentheses of its own, those of a function inside included."""
_ABSENT = re.compile(r"attribute_not_exists\((\S+)\)")
_COMPARED = re.compile(r"(\S+) (=|<=|>=|<>|<|>) (:\w+)")
_ALL = "pk = :pk"
_LISTED = f"{_ALL} AND begins_with(sk, :sk)"


class Tables:
    """The product's table in each region."""

    def __init__(self) -> None:
        self.items: dict[str, dict[tuple[str, str], _Typed]] = {}

    def answer(self, region: str, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What DynamoDB would answer. Raises ClientError where a condition does not hold."""
        found = self.items.setdefault(region, {})
        if operation == "GetItem":
            item = found.get(_key(asked["Key"]))
            return {} if item is None else {"Item": copy.deepcopy(item)}
        if operation == "PutItem":
            _require(asked, found.get(_key(asked["Item"])))
            found[_key(asked["Item"])] = copy.deepcopy(asked["Item"])
            return {}
        if operation == "UpdateItem":
            key = _key(asked["Key"])
            _require(asked, found.get(key))
            found[key] = {**asked["Key"], **found.get(key, {}), **copy.deepcopy(_settings(asked))}
            return {}
        if operation == "DeleteItem":
            found.pop(_key(asked["Key"]), None)
            return {}
        assert operation == "Query", f"the table in memory does not know {operation}"
        return {"Items": copy.deepcopy(_listed(found, asked))}


def _key(item: _Typed) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _listed(found: dict[tuple[str, str], _Typed], asked: dict[str, Any]) -> list[_Typed]:
    assert asked["KeyConditionExpression"] in (_ALL, _LISTED), asked["KeyConditionExpression"]
    values = asked["ExpressionAttributeValues"]
    pk, prefix = values[":pk"]["S"], values.get(":sk", {"S": ""})["S"]
    return [item for key, item in sorted(found.items()) if key[0] == pk and key[1].startswith(prefix)]


def _settings(asked: dict[str, Any]) -> _Typed:
    clause = asked["UpdateExpression"]
    assert clause.startswith("SET "), clause
    pairs = [part.split(" = ") for part in clause.removeprefix("SET ").split(", ")]
    names = asked["ExpressionAttributeNames"]
    return {names[name]: asked["ExpressionAttributeValues"][value] for name, value in pairs}


def _require(asked: dict[str, Any], item: _Typed | None) -> None:
    condition = asked.get("ConditionExpression")
    if condition is None:
        return
    if not _is_true(condition, asked, item):
        raise refusal("ConditionalCheckFailedException", "The conditional request failed")


def _is_true(condition: str, asked: dict[str, Any], item: _Typed | None) -> bool:
    """Without what is in parentheses first: that is true or not, whatever is around it."""
    plain = _NESTED.sub(lambda part: str(_is_true(part[1], asked, item)), condition)
    return any(all(_holds(term, asked, item) for term in part.split(" AND ")) for part in plain.split(" OR "))


def _holds(term: str, asked: dict[str, Any], item: _Typed | None) -> bool:
    if term in ("True", "False"):
        return term == "True"
    names = asked.get("ExpressionAttributeNames", {})
    if absent := _ABSENT.fullmatch(term):
        return item is None or names.get(absent[1], absent[1]) not in item
    compared = _COMPARED.fullmatch(term)
    assert compared is not None, f"the table in memory does not know the condition {term}"
    left = (item or {}).get(names.get(compared[1], compared[1]))
    right = asked["ExpressionAttributeValues"][compared[3]]
    if left is None or set(left) != set(right):
        return compared[2] == "<>"  # what is not there, or of another type, is not equal
    return _COMPARISONS[compared[2]](_plain(left), _plain(right))


def _plain(typed: _Typed) -> Any:
    ((kind, value),) = typed.items()
    return float(value) if kind == "N" else value
