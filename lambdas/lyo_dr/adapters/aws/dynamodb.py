"""The incidents table: plain items in, plain items out. Keys are ``pk`` and ``sk``."""

from __future__ import annotations

import functools
from typing import Any

from lyo_dr.adapters.aws.dynamodb_items import pack, unpack
from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.adapters.clock import Stopwatch

Item = dict[str, Any]


class Table:
    """One region's table. Reads are strongly consistent: a lock must not be guessed.

    ``read_seconds`` and ``attempts`` are shorter for a region that may be gone. With ``stopwatch`` every call is made
    once and within its share, and none that could outlast the whole budget.
    """

    def __init__(
        self,
        name: str,
        region: str,
        *,
        read_seconds: float = 5.0,
        attempts: int = 4,
        stopwatch: Stopwatch | None = None,
    ) -> None:
        self.name = name
        self.region = region
        self._stopwatch = stopwatch
        self._read_seconds = read_seconds if stopwatch is None else stopwatch.share / 2
        self._attempts = attempts if stopwatch is None else 1

    def prewarm(self) -> None:
        """Build the client, which takes longer than a call; nothing is sent."""
        _ = self._connected

    def get(self, pk: str, sk: str) -> Item | None:
        """The item, or None. Raises our errors when the table does not answer."""
        with calling(f"reading {pk} from table {self.name} in {self.region}"):
            answer = self._client.get_item(TableName=self.name, Key=_pack({"pk": pk, "sk": sk}), ConsistentRead=True)
        return _unpack(answer["Item"]) if "Item" in answer else None

    def put(self, item: Item, condition: str | None = None, values: Item | None = None) -> None:
        """Write the whole item; with ``condition``, only if it holds (else raises ConditionFailed)."""
        arguments: dict[str, Any] = {"TableName": self.name, "Item": _pack(item)}
        if condition is not None:
            arguments["ConditionExpression"] = condition
        if values is not None:
            arguments["ExpressionAttributeValues"] = _pack(values)
        with calling(f"writing {item['pk']} to table {self.name} in {self.region}"):
            self._client.put_item(**arguments)

    def change(self, pk: str, sk: str, fields: Item, condition: str | None = None, values: Item | None = None) -> None:
        """Set fields of one item, leaving the others; with ``condition``, only if it holds."""
        names = {f"#f{index}": name for index, name in enumerate(fields)}
        settings = {f":f{index}": value for index, value in enumerate(fields.values())}
        arguments: dict[str, Any] = {
            "TableName": self.name,
            "Key": _pack({"pk": pk, "sk": sk}),
            "UpdateExpression": "SET " + ", ".join(f"#f{index} = :f{index}" for index in range(len(fields))),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": _pack({**settings, **(values or {})}),
        }
        if condition is not None:
            arguments["ConditionExpression"] = condition
        with calling(f"changing {pk} in table {self.name} in {self.region}"):
            self._client.update_item(**arguments)

    def delete(self, pk: str, sk: str) -> None:
        """Delete an item; one that is not there is no error."""
        with calling(f"deleting {pk} from table {self.name} in {self.region}"):
            self._client.delete_item(TableName=self.name, Key=_pack({"pk": pk, "sk": sk}))

    def list(self, pk: str, sk_prefix: str) -> list[Item]:
        """Every item of one partition whose sort key starts with the prefix, in order; all where it is empty.

        DynamoDB takes no empty prefix (developer guide, "Key condition expressions": a key is never empty).
        """
        asked = {":pk": pk, ":sk": sk_prefix} if sk_prefix else {":pk": pk}
        items: list[Item] = []
        start: dict[str, Any] = {}
        while True:
            with calling(f"listing {pk} of table {self.name} in {self.region}"):
                page = self._client.query(
                    TableName=self.name,
                    KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :sk)" if sk_prefix else ""),
                    ExpressionAttributeValues=_pack(asked),
                    ConsistentRead=True,
                    **start,
                )
            items += [_unpack(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return items
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    @property
    def _client(self) -> Any:
        if self._stopwatch is not None:
            self._stopwatch.afford(1, f"table {self.name} in {self.region}")
        return self._connected

    @functools.cached_property
    def _connected(self) -> Any:
        return client("dynamodb", self.region, read_seconds=self._read_seconds, attempts=self._attempts)


def _pack(item: Item) -> dict[str, Any]:
    return {name: pack(value) for name, value in item.items()}


def _unpack(item: dict[str, Any]) -> Item:
    return {name: unpack(value) for name, value in item.items()}
