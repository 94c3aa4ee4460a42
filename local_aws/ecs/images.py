"""What a container image stands for here: no image is pulled, a registered command runs in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Images = Mapping[str, Sequence[str]]
"""Commands by repository, e.g. ``{"shop/api": ["python", "-m", "api"]}``."""


class ImageNotFound(Exception):
    """No command is registered for an image; the message is the one a stopped task of ECS gives."""


def command_of(image: str, images: Images) -> list[str]:
    """Return the command an image stands for; raises ImageNotFound.

    The wording is that of ECS (developer guide, "CannotPullContainer task errors in Amazon ECS").
    """
    command = images.get(repository(image))
    if not command:
        raise ImageNotFound(
            f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: "
            f"{image}: not found"
        )
    return list(command)


def repository(image: str) -> str:
    """Return the repository of an image reference, without its registry, tag and digest."""
    name = image.split("@", 1)[0]
    registry, _, rest = name.partition("/")
    if rest and ("." in registry or ":" in registry or registry == "localhost"):
        name = rest
    return name.split(":", 1)[0]
