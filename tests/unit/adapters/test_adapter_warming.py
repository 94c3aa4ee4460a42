"""Reading tables beforehand: page by page, and never longer than it may take."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, cast

import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.adapters.sql.prewarm import read_table


class Asked:
    """A table of so many pages."""

    def __init__(self, pages: int) -> None:
        self.pages, self.read = pages, list[tuple[str, str]]()

    def rows(self, sql: str, **values: Any) -> list[list[Any]]:
        """The size, or what was read."""
        if "pg_relation_size" in sql:
            return [[self.pages]]
        assert sql.startswith('select count(*) from "lyo_users" where ctid >= ')
        self.read.append((values["first"], values["end"]))
        return [[1]]


def warm(table: Any, over: Callable[[], bool] = lambda: False) -> str:
    return read_table(cast(Postgres, table), "lyo_users", over)


def test_a_table_is_read_to_its_end_in_ranges_of_pages() -> None:
    table = Asked(5000)
    assert warm(table) == "lyo_users is read"
    assert table.read == [("(0,0)", "(2048,0)"), ("(2048,0)", "(4096,0)"), ("(4096,0)", "(6144,0)")]


def test_an_empty_table_is_read() -> None:
    assert warm(Asked(0)) == "lyo_users is read"


def test_it_stops_when_the_time_is_over_and_says_how_far_it_came() -> None:
    counted = itertools.count()
    assert warm(Asked(5000), lambda: next(counted) >= 1) == "lyo_users is read to page 2048 of 5000"


def test_a_table_that_cannot_be_read_is_told_and_no_data_with_it() -> None:
    class Refusing:
        def rows(self, _sql: str, **_values: Any) -> list[list[Any]]:
            """No such table."""
            raise pg8000.exceptions.DatabaseError({"C": "42P01", "M": "relation of Ada does not exist"})

    assert warm(Refusing()) == "lyo_users was not read (DatabaseError)"
