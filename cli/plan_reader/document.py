"""The text of a plan: YAML 1.2 with the place of every value. Faults are sentences with a place, never an exception.

ruamel.yaml only parses; values are made here, so that none of the surprises of YAML 1.1 can happen: ``no`` and ``on``
are text, a time stays as it was written, and a number keeps its text, because ``012`` is octal to other readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cli.plan_reader.places import Document, Misread
from cli.plan_reader.scalars import scalar
from cli.plan_reader.syntax import explained

_MOST_BYTES = 1_000_000
_MOST_VALUES = 100_000
"""Aliases of aliases grow a small file without bounds."""
_MERGE = "<<"


def parse(content: bytes) -> Document:
    """Read the bytes of a file. Raises :class:`Misread` with every fault that its YAML has."""
    node = _composed(_decoded(content))
    if node is None:
        raise Misread([("plan: the file is empty; start from the plan.yaml of the repository", None)])
    if not isinstance(node, MappingNode):
        found = "a list" if isinstance(node, SequenceNode) else "one value"
        raise Misread([(f"plan: {found} at the top; write a mapping: name: shop, and so on", _at(node))])
    reading = _Reading()
    raw = reading.value(node, "")
    if reading.faults:
        raise Misread(reading.faults)
    return Document(raw, reading.places, reading.written)


def _decoded(content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise Misread([(f"plan: {len(content):,} bytes are too large for a plan; name the right file", None)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Misread([("plan: not a UTF-8 text file; save it as UTF-8, or name the plan with --plan", None)]) from None
    for line, each in enumerate(text.split("\n"), start=1):
        if odd := re.search("[^\t\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", each):
            place = (line, odd.start() + 1)
            raise Misread([(f"plan: the character U+{ord(odd[0]):04X} belongs to no text; remove it", place)])
    return text


def _composed(text: str) -> Node | None:
    try:
        documents = list(YAML(typ="safe", pure=True).compose_all(text))
    except MarkedYAMLError as error:
        raise Misread([explained(error, text)]) from None
    except YAMLError as error:
        raise Misread([(f"plan: not valid YAML: {' '.join(str(error).split())}", None)]) from None
    except RecursionError:
        raise Misread([("plan: nested too deeply for a plan", None)]) from None
    if len(documents) > 1:
        raise Misread([("plan: a second document begins here; a plan is one, remove ---", _at(documents[1]))])
    return documents[0] if documents else None


def _at(node: Node) -> tuple[int, int]:
    return (node.start_mark.line + 1, node.start_mark.column + 1)


@dataclass
class _Reading:
    """The walk over the nodes, and what it finds."""

    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, tuple[int, int] | None]] = field(default_factory=list)
    open: list[Node] = field(default_factory=list)
    count: int = 0

    def value(self, node: Node, path: str) -> Any:
        self.count += 1
        if any(node is each for each in self.open) or self.count > _MOST_VALUES:
            raise Misread([(f"{path or 'plan'}: an alias that contains itself, or too many; write it out", _at(node))])
        self.places.setdefault(path, _at(node))
        self._tag(node, path)
        self.open.append(node)
        made = self._made(node, path)
        self.open.pop()
        return made

    def _made(self, node: Node, path: str) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _tag(self, node: Node, path: str) -> None:
        if re.match("!(?!!)", str(node.tag)):
            sentence = "tags of CloudFormation and others are not resolved here; write the value"
            self.faults.append((f"{path}: {node.tag}: {sentence}", _at(node)))

    def _mapping(self, node: MappingNode, path: str) -> dict[Any, Any]:
        made = self._inherited(node, path)
        first: dict[str, Node] = {}
        for key, value in self._merged(node):
            name = self._key(key)
            below = f"{path}.{name}" if path else str(name)
            if (other := first.setdefault(below, key)) is not key:
                self._twice(below, other, key)
            elif _swallowed(node, key, value):
                self.faults.append((f"{path}: a comma inside {{ }} ends the value; put the text in quotes", _at(key)))
            self.places[below] = _at(value if isinstance(value, ScalarNode) and value.value else key)
            made[name] = self.value(value, below)
        return made

    def _merged(self, node: MappingNode) -> Iterator[tuple[Node, Node]]:
        return ((key, value) for key, value in node.value if not _is_merge(key))

    def _inherited(self, node: MappingNode, path: str) -> dict[Any, Any]:
        """``<<: *other``: what is written here counts more, and of several the first."""
        made: dict[Any, Any] = {}
        for _, value in (pair for pair in node.value if _is_merge(pair[0])):
            for part in value.value if isinstance(value, SequenceNode) else [value]:
                if isinstance(part, MappingNode):
                    made = self.value(part, path) | made
        return made

    def _key(self, key: Node) -> Any:
        if not isinstance(key, ScalarNode):
            raise Misread([("plan: a key that is no text; write name: value", _at(key))])
        value = scalar(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else key.value

    def _twice(self, path: str, first: Node, second: Node) -> None:
        lines = f"lines {first.start_mark.line + 1} and {second.start_mark.line + 1}"
        self.faults.append((f"{path}: given twice, {lines}; remove one", _at(second)))

    def _scalar(self, node: ScalarNode, path: str) -> Any:
        if not node.style and node.value:
            self.written[path] = str(node.value)
        return scalar(node)


def _is_merge(key: Node) -> bool:
    return isinstance(key, ScalarNode) and key.value == _MERGE and not key.style


def _swallowed(node: MappingNode, key: Node, value: Node) -> bool:
    """``{sql: select count(*), 1 from t}``: the rest of the value became a key with nothing behind it."""
    nothing = isinstance(value, ScalarNode) and not value.value and not value.style
    return bool(node.flow_style) and nothing and " " in str(key.value)
