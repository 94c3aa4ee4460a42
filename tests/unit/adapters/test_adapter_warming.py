"""Reading tables beforehand: page by page, and never longer than it may take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.adapters.sql.prewarm import read_table
from lyo_dr.model.tables.names import parse_table

PROOF = parse_table("lyo_dr.proof")


class Asked:
    """A table of so many pages; the first of each query is cancelled where its volume is cold."""

    def __init__(self, pages: int, *, cold: bool = False) -> None:
        self.pages, self.read, self.cold = pages, list[tuple[str, str]](), cold
        self.limits: list[float] = []
        self.tried: set[str] = set()

    def limit(self, seconds: float) -> None:
        """The time-out of the next query."""
        self.limits.append(seconds)

    def rows(self, sql: str, **values: Any) -> list[list[Any]]:
        """The size, or what was read."""
        asked = f"{sql}{values}"
        if self.cold and asked not in self.tried:
            self.tried.add(asked)
            raise pg8000.exceptions.DatabaseError({"C": "57014", "M": "canceling statement due to statement timeout"})
        if "pg_relation_size" in sql:
            return [["lyo_dr", "proof", self.pages]]
        assert sql.startswith('select count(*) from only "lyo_dr"."proof" where ctid >= ')
        self.read.append((values["first"], values["end"]))
        return [[1]]


def warm(table: Any, left: Callable[[], float] = lambda: 60.0) -> str:
    return read_table(cast(Postgres, table), PROOF, "lyo_dr.proof", left, 20.0)


def test_a_table_is_read_to_its_end_in_ranges_of_pages() -> None:
    table = Asked(5000)
    assert warm(table) == "lyo_dr.proof is read"
    assert table.read == [("(0,0)", "(2048,0)"), ("(2048,0)", "(4096,0)"), ("(4096,0)", "(6144,0)")]
    assert set(table.limits) == {20.0}


def test_an_empty_table_is_read() -> None:
    assert warm(Asked(0)) == "lyo_dr.proof is read"


def test_a2_a_range_that_was_cancelled_on_a_cold_volume_is_read_again() -> None:
    table = Asked(3000, cold=True)
    assert warm(table) == "lyo_dr.proof is read"
    assert table.read == [("(0,0)", "(2048,0)"), ("(2048,0)", "(4096,0)")]


def test_it_stops_when_the_time_is_over_and_says_how_far_it_came() -> None:
    times = iter([9.0, 9.0, 5.0, 5.0])
    table = Asked(5000)
    assert warm(table, lambda: next(times, 0.0)) == "lyo_dr.proof is read to page 2048 of 5000"
    assert table.limits == [9.0, 5.0], "and no query outlasts it"
    assert warm(Asked(1), lambda: 0.0) == "lyo_dr.proof was not read"


def test_a_table_that_cannot_be_read_is_told_and_no_data_with_it() -> None:
    class Refusing(Asked):
        def rows(self, sql: str, **_values: Any) -> list[list[Any]]:
            """No such table."""
            raise pg8000.exceptions.DatabaseError({"C": "42P01", "M": f"relation of Ada does not exist: {sql}"})

    assert warm(Refusing(1)) == "lyo_dr.proof was not read (DatabaseError)"
