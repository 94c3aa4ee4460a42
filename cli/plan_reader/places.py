"""Where something is in the file of a plan."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Place = tuple[int, int]
"""Line and column, from 1."""


class Misread(Exception):
    """The file is no plan: sentences with the place of each, as far as it has one."""

    def __init__(self, faults: Sequence[tuple[str, Place | None]]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(sentence for sentence, _ in self.faults))


@dataclass(frozen=True)
class Document:
    """The values of a file. ``places`` and ``written`` go by path: ``databases[0].tables[1].key``. ``given`` are the
    paths of values that were given beside the file."""

    raw: dict[Any, Any]
    places: Mapping[str, Place]
    written: Mapping[str, str]
    given: tuple[str, ...] = ()

    def was_given(self, sentence: str) -> bool:
        """Whether the path a sentence begins with was given beside the file, or is part of what was."""
        path = _path(sentence)
        return any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in self.given)

    def place_of(self, sentence: str) -> Place | None:
        """The place of the path a sentence begins with, or of the nearest thing above it that the file has."""
        path = _path(sentence)
        while path:
            if path in self.places:
                return self.places[path]
            path = re.sub(r"(?:^|\.)[^.\[\]]*$|\[\d*\]$", "", path)
        return None


def _path(sentence: str) -> str:
    return re.split(r": |, ", sentence, maxsplit=1)[0]


def located(name: str, sentence: str, place: Place | None) -> str:
    """``plan.yaml:41:7: objectives.rto: ...``, as editors and compilers write places."""
    at = f":{place[0]}:{place[1]}" if place else ""
    return f"{name}{at}: {sentence}"
