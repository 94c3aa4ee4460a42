"""Names as a plan spells them: what they mean, how they are quoted, and that no two tables share a key."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyo_dr.model.plan import Table
from lyo_dr.model.tables.names import TableName, parse_column, parse_table, quoted

NAMES = {
    "lyo_appointments": ('"public"."lyo_appointments"', "lyo_appointments"),
    "order": ('"public"."order"', "order"),
    "LineItems": ('"public"."LineItems"', "LineItems"),
    '"User"': ('"public"."User"', "User"),
    "sales.orders": ('"sales"."orders"', "sales.orders"),
    'sales."LineItems"': ('"sales"."LineItems"', "sales.LineItems"),
    '"sales.orders"': ('"public"."sales.orders"', "sales-2e-orders"),
    '"a""b"': ('"public"."a""b"', "a-22-b"),
    "public.orders": ('"public"."orders"', "orders"),
    "größe": ('"public"."größe"', "gr-f6--df-e"),
    '"../x"': ('"public"."../x"', "-2e--2e--2f-x"),
}


@pytest.mark.parametrize(("text", "sql", "key"), [(text, *made) for text, made in NAMES.items()])
def test_l7_a_name_is_as_the_catalogue_has_it(text: str, sql: str, key: str) -> None:
    name = parse_table(text)
    assert (name.sql, name.key) == (sql, key)
    assert name.short_key == key


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "a;b", "a.", ".a", "a..b", '"a', 'a"b"', '""', "a-b", "1a", "a.b.c", "a\n"]
)
def test_l7_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"name of an SQL object|has 3 parts"):
        parse_table(text)


def test_l7_the_columns_of_a_table() -> None:
    table = Table(name="t", key=["orderId", '"line no"'], written_at="createdAt")
    assert (table.keys, table.time) == (("orderId", "line no"), "createdAt")
    assert (Table(name="t", key="id").keys, Table(name="t", key="id").time) == (("id",), None)
    with pytest.raises(ValueError, match="more than the name of one column"):
        parse_column("t.id")


_WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=15)


@given(_WORDS, _WORDS)
def test_l7_every_name_can_be_written_quoted_and_keeps_to_itself(schema: str, name: str) -> None:
    made = parse_table(f"{quoted(schema)}.{quoted(name)}")
    assert made == TableName(schema, name)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", made.key)
    assert made.sql.count('"') % 2 == 0


@given(st.tuples(_WORDS, _WORDS), st.tuples(_WORDS, _WORDS))
def test_l7_different_tables_have_different_keys(one: tuple[str, str], other: tuple[str, str]) -> None:
    keys = {TableName(*one).key, TableName(*other).key}
    short = {TableName(*one).short_key, TableName(*other).short_key}
    assert len(keys) == len(short) == len({one, other})
    assert all(len(key) <= 63 for key in short)
