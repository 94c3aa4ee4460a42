"""Environment variables and the user name; the only module of the command line that reads the environment."""

from __future__ import annotations

import getpass
import os
from urllib.parse import urlsplit

PLAN_VARIABLE = "LYO_DR_PLAN"


class BadEndpoint(ValueError):
    """AWS_ENDPOINT_URL is not a URL."""


def endpoint() -> str | None:
    """URL of a local AWS, or None for the real one. Raises BadEndpoint."""
    given = os.environ.get("AWS_ENDPOINT_URL")
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadEndpoint(f"AWS_ENDPOINT_URL is {given!r}, which is not a web address; `lyo-dr drill --keep` prints it")
    return given


def person() -> str:
    """Name of the current user; empty where the machine does not know it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def has_width() -> bool:
    """Whether COLUMNS is exported: then output is laid out for that width, also in a pipe."""
    return os.environ.get("COLUMNS", "").isdigit()
