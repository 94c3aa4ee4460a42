"""The text of a row, as PostgreSQL writes it, taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyo_dr.model.tables.row_text import columns_of

ROWS = {
    "(1,a,)": ["1", "a", None],
    "(,,)": [None, None, None],
    "()": [None],
    '("")': [""],
    '(1,"a, ""b"" \\\\ (c)",x)': ["1", 'a, "b" \\ (c)', "x"],
    '("a""")': ['a"'],
    '("{""a b"",NULL}",t)': ['{"a b",NULL}', "t"],
}


@pytest.mark.parametrize(("text", "columns"), ROWS.items())
def test_l8_the_columns_of_a_row(text: str, columns: list[str | None]) -> None:
    assert columns_of(text) == columns


@pytest.mark.parametrize("text", ["", "1,2", '("a)', '("a', "(", "{1}"])
def test_l8_what_is_no_row_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="row"):
        columns_of(text)


def _written(value: str | None) -> str:
    """As record_out does it, for every value that would need quotes."""
    if value is None:
        return ""
    return '"' + value.replace("\\", "\\\\").replace('"', '""') + '"'


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=2, max_size=6))
def test_l8_whatever_stands_in_a_row(values: list[str | None]) -> None:
    assert columns_of(f"({','.join(map(_written, values))})") == values
