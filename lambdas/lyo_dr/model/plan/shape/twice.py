"""What a list names more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

ValueT = TypeVar("ValueT", bound=Any)


def twice(values: Iterable[ValueT]) -> list[ValueT]:
    """The values that stand in it more than once, each once, in order."""
    return sorted(value for value, times in Counter(values).items() if times > 1)
