"""The table of faults and the tests of faults name the same numbers."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "docs" / "faults.md"
NUMBERS = range(1, 76)
_TESTED = re.compile(r"def test_fault_(\d+)_")


def rows() -> dict[int, str]:
    """The rows of the table by number."""
    found = re.findall(r"^\| (\d+) \| (.+) \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert Counter(number for number, _ in found).most_common(1)[0][1] == 1, "a number has two rows"
    return {int(number): row for number, row in found}


def handled() -> dict[int, str]:
    """Numbers in names of tests and of files, each with a file in which it is."""
    found: dict[int, str] = {}
    for path in TESTS.rglob("test_*.py"):
        numbers = [int(number) for number in _TESTED.findall(path.read_text(encoding="utf-8"))]
        if path.name.startswith("test_fault_"):
            numbers += [int(number) for number in re.findall(r"_(\d\d)(?=_)", path.name)]
        found |= dict.fromkeys(numbers, path.name)
    return found


def is_planned(row: str) -> bool:
    """Whether the row says that it has no test yet."""
    return row.rpartition("|")[2].strip() == "planned"


def test_the_rows_are_in_the_order_of_their_numbers() -> None:
    numbers = list(rows())
    assert numbers == sorted(numbers)
    assert set(numbers) <= set(NUMBERS)


def test_each_number_in_the_name_of_a_test_is_a_fault_of_the_table() -> None:
    assert {number: where for number, where in handled().items() if number not in rows()} == {}


def test_each_fault_that_is_not_planned_has_a_test() -> None:
    assert [number for number, row in rows().items() if not is_planned(row) and number not in handled()] == []


def test_a_fault_that_has_a_test_is_not_called_planned() -> None:
    assert [number for number, row in rows().items() if is_planned(row) and number in handled()] == []
