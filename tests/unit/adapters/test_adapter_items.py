"""Values go into a table and come back as they were, in the form boto3 gives them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from lyo_dr.adapters.aws.dynamodb_items import pack, unpack

VALUES = [None, True, False, "", "text", 0, 1, -7, 2**70, {}, [], {"a": [1, {"b": None}], "c": {"d": False}}, ["x", 1]]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_packed_as_boto3_packs_it_and_comes_back(value: Any) -> None:
    assert pack(value) == TypeSerializer().serialize(value)
    assert unpack(pack(value)) == value == TypeDeserializer().deserialize(pack(value))


@pytest.mark.parametrize(("value", "whole"), [(Decimal(12), 12), (Decimal("1E+2"), 100), (Decimal("3.7"), 3)])
def test_a_decimal_comes_back_as_a_whole_number(value: Decimal, whole: int) -> None:
    found = unpack(pack(value))
    assert (found, type(found)) == (whole, int)


@pytest.mark.parametrize("value", [1.5, b"bytes", {"a": 0.5}, object()])
def test_what_a_table_would_change_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="is not stored in a table"):
        pack(value)
