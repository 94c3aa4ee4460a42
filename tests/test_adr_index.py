"""The index of decision records: every record has a row, and every row a record."""

from __future__ import annotations

import re
from pathlib import Path

_ADR = Path(__file__).parents[1] / "docs" / "adr"
_ROW = re.compile(r"^\| (\d+) \| \[([^]]+)\]\(([^)]+)\) \| (.+) \|$", re.MULTILINE)


def _rows() -> list[tuple[str, str, str, str]]:
    return _ROW.findall((_ADR / "README.md").read_text(encoding="utf-8"))


def test_every_record_is_in_the_index_in_order() -> None:
    records = sorted(path.name for path in _ADR.glob("[0-9]*.md"))
    assert [file for _, _, file, _ in _rows()] == records


def test_a_row_gives_the_number_of_its_record_and_a_line_of_its_own() -> None:
    rows = _rows()
    assert [int(number) for number, *_ in rows] == [int(file[:4]) for _, _, file, _ in rows]
    assert len({line for *_, line in rows}) == len(rows)


def test_every_number_without_a_record_is_explained() -> None:
    numbers = [int(number) for number, *_ in _rows()]
    missing = set(range(1, max(numbers))) - set(numbers)
    explained = re.search(r"missing numbers \(([^)]+)\)", (_ADR / "README.md").read_text(encoding="utf-8"))
    assert explained is not None
    spans = [[int(end) for end in part.split(" to ")] for part in " ".join(explained[1].split()).split(", ")]
    assert {number for span in spans for number in range(span[0], span[-1] + 1)} == missing
