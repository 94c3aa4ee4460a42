"""What the rehearsal relies on in its emulators, asked for before anything starts.

A correction changes or uses internals of an emulator. When another version lacks one, the correction would silently
miss, and the rehearsal would be a wrong one: it is refused instead.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable


class UpstreamChangedError(Exception):
    """The emulator lacks something a correction relies on; the message names it."""


def require(correction: str, required: Iterable[str]) -> None:
    """Raise UpstreamChangedError naming the first of ``module:attribute.attribute`` that does not exist."""
    for name in required:
        _find(correction, name)


def _find(correction: str, required: str) -> None:
    module_name, _, attribute = required.partition(":")
    holder: object = None
    try:
        holder = importlib.import_module(module_name)
        for part in attribute.split("."):
            holder = getattr(holder, part)
    except (ImportError, AttributeError) as error:
        raise UpstreamChangedError(
            f"The local AWS cannot start: the correction {correction!r} needs {required}, which this version of the"
            " emulator does not have."
        ) from error
