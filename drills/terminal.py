"""Layout for the terminal: sentences that wrap inside their own column, and the plural of a count."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions
from rich.text import Text

from lyo_dr.model.plurals import counted

__all__ = ["Row", "counted"]

_NARROWEST = 24
"""A column narrower than this would hold a word or two per line; then the sentence starts on a line of its own."""
_INDENT = 4


class Row:
    """Cells of a fixed width, then a sentence; its continuation lines begin below it (or at ``indent``).

    On a console that does not wrap (``soft_wrap``, for pipes and files) it is a single line.
    """

    def __init__(self, cells: Text | str, sentence: Text | str, *, indent: int = 0) -> None:
        self._cells = Text(cells) if isinstance(cells, str) else cells
        self._sentence = Text(sentence) if isinstance(sentence, str) else sentence
        self._indent = indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Lay out the row for the width of the console."""
        if options.no_wrap:
            yield self._cells + self._sentence
            return
        yield from self._wrapped(console, options.max_width)

    def _wrapped(self, console: Console, width: int) -> Iterator[Text]:
        indent = self._cells.cell_len or self._indent
        if width - indent < _NARROWEST:
            yield from self._cells.wrap(console, width)
            indent = _INDENT
            first = Text(" " * indent)
        else:
            first = self._cells
        for number, line in enumerate(self._sentence.wrap(console, max(1, width - indent)) or [Text()]):
            line.rstrip()
            yield (first if number == 0 else Text(" " * indent)) + line
