"""The text of a row (``row::text``), taken apart into the texts of its columns.

PostgreSQL manual, "Composite Type Input and Output Syntax": parentheses around, commas between, nothing for null,
double quotes around what would be ambiguous, with quotes and backslashes doubled inside.
"""

from __future__ import annotations


def columns_of(text: str) -> list[str | None]:
    """The texts of the columns, in the table's own order; None is null. Raises ValueError for what is no row."""
    if not (text.startswith("(") and text.endswith(")")):
        raise ValueError("the text of a row is in parentheses")
    found: list[str | None] = []
    at, end = 1, len(text) - 1
    if at == end:
        return [None]
    while at <= end:
        value, at = _column(text, at, end)
        found.append(value)
        at += 1
    return found


def _column(text: str, at: int, end: int) -> tuple[str | None, int]:
    """One column, and the place of the comma or parenthesis after it."""
    if at == end or text[at] == ",":
        return None, at
    if text[at] != '"':
        comma = text.find(",", at, end)
        stop = end if comma < 0 else comma
        return text[at:stop], stop
    parts: list[str] = []
    at += 1
    while True:
        stop = min(found for found in (text.find('"', at), text.find("\\", at), len(text)) if found >= 0)
        if stop >= end:
            raise ValueError("the text of a row ends within quotes")
        parts.append(text[at:stop])
        if text[stop] == '"' and text[stop + 1] != '"':
            return "".join(parts), stop + 1
        parts.append(text[stop + 1])
        at = stop + 2
