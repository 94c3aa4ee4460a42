"""What a container image stands for here: no image is pulled, a registered command runs in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict


class Image(TypedDict):
    """A command, and whether it answers health checks: what does not listen runs as soon as it has started."""

    command: list[str]
    listens: bool


Images = Mapping[str, Sequence[str] | Image]
"""Commands by repository, e.g. ``{"shop/api": ["python", "-m", "api"]}``; a bare command listens."""


class ImageNotFound(Exception):
    """No command is registered for an image; the message is the one a stopped task of ECS gives."""


def command_of(image: str, images: Images) -> list[str]:
    """Return the command an image stands for; raises ImageNotFound.

    The wording is that of ECS (developer guide, "CannotPullContainer task errors in Amazon ECS").
    """
    found = images.get(repository(image))
    command = found["command"] if isinstance(found, dict) else found
    if not command:
        raise ImageNotFound(
            f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: "
            f"{image}: not found"
        )
    return list(command)


def listens(image: str, images: Images) -> bool:
    """Whether what runs in place of an image answers requests."""
    found = images.get(repository(image))
    return bool(found["listens"]) if isinstance(found, dict) else True


def repository(image: str) -> str:
    """Return the repository of an image reference, without its registry, tag and digest."""
    name = image.split("@", 1)[0]
    registry, _, rest = name.partition("/")
    if rest and ("." in registry or ":" in registry or registry == "localhost"):
        name = rest
    return name.split(":", 1)[0]
