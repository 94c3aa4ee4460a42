"""What the commands take from their surroundings; the only module of the command line that reads the environment."""

from __future__ import annotations

import getpass
import os
from urllib.parse import urlsplit

PLAN_VARIABLE = "LYO_DR_PLAN"


class BadEndpoint(ValueError):
    """AWS_ENDPOINT_URL is set to something that is no address."""


def endpoint() -> str | None:
    """Where AWS is instead of on AWS (a local one), or None. Raises BadEndpoint."""
    given = os.environ.get("AWS_ENDPOINT_URL")
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadEndpoint(f"AWS_ENDPOINT_URL is {given!r}, which is not a web address; `lyo-dr drill --keep` prints it")
    return given


def person() -> str:
    """Who types; empty where the machine does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
