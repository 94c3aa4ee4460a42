"""The internals of the emulators that patches rely on, checked before anything starts.

A patch changes or uses internals of an emulator. With a version that lacks one the patch would silently do nothing, and
the local AWS would behave unlike AWS: it refuses to start instead.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable


class UpstreamChangedError(Exception):
    """The emulator lacks something a patch relies on; the message names it."""


def require(patch: str, required: Iterable[str]) -> None:
    """Raise UpstreamChangedError naming the first of ``module:attribute.attribute`` that does not exist."""
    for name in required:
        _find(patch, name)


def _find(patch: str, required: str) -> None:
    module_name, _, attribute = required.partition(":")
    holder: object = None
    try:
        holder = importlib.import_module(module_name)
        for part in attribute.split("."):
            holder = getattr(holder, part)
    except (ImportError, AttributeError) as error:
        raise UpstreamChangedError(
            f"The local AWS cannot start: the patch {patch!r} needs {required}, which this version of the"
            " emulator does not have."
        ) from error
