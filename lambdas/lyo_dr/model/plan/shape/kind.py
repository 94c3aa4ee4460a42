"""The kind of a field, taken apart: what it is, what it is made of, and the limits beside it."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta


@dataclass(frozen=True)
class Kind:
    """``bare`` is the type without its limits; ``limits`` are the outermost first."""

    bare: Any
    origin: Any
    of: tuple[Any, ...]
    limits: tuple[Meta, ...]
    optional: bool

    @property
    def struct(self) -> type[msgspec.Struct] | None:
        """The part of the plan this is, if it is one."""
        is_part = isinstance(self.bare, type) and issubclass(self.bare, msgspec.Struct)
        return self.bare if is_part else None

    def says(self, name: str) -> str | None:
        """What the field says of itself: ``wrong``, ``write`` or ``why``."""
        return next((limit.extra[name] for limit in self.limits if limit.extra and name in limit.extra), None)

    @property
    def example(self) -> Any:
        """A value that would do, where the field has one."""
        return next((limit.examples[0] for limit in self.limits if limit.examples), None)

    @property
    def description(self) -> str | None:
        """The sentence that editors show."""
        return next((limit.description for limit in self.limits if limit.description), None)


def kind_of(annotation: Any, raw: Any = None) -> Kind:
    """Take an annotation apart: ``Annotated[Annotated[str, ...] | None, ...]`` is an optional text with limits.

    Of ``str | list[str]`` it is the list where ``raw`` is one, and otherwise the text.
    """
    limits: list[Meta] = []
    optional = False
    while True:
        if typing.get_origin(annotation) is Annotated:
            annotation, *metas = typing.get_args(annotation)
            limits += [meta for meta in reversed(metas) if isinstance(meta, Meta)]
        elif typing.get_origin(annotation) in (types.UnionType, typing.Union):
            members = [each for each in typing.get_args(annotation) if each is not types.NoneType]
            optional = optional or len(members) < len(typing.get_args(annotation))
            lists = [each for each in members if _origin(each) is list]
            annotation = lists[0] if lists and isinstance(raw, list) else members[0]
        else:
            break
    return Kind(annotation, typing.get_origin(annotation), typing.get_args(annotation), tuple(limits), optional)


def _origin(annotation: Any) -> Any:
    """What it is without the limits beside it."""
    while typing.get_origin(annotation) is Annotated:
        annotation = typing.get_args(annotation)[0]
    return typing.get_origin(annotation)
