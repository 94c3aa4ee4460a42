"""Environment variables and the user name; the only module of the command line that reads the environment."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from lyo_dr.model.plan.shape.web_address import is_web, shown

PLAN_VARIABLE = "LYO_DR_PLAN"
SETTINGS_VARIABLE = "LYO_DR_SET"

_of_command: ContextVar[tuple[str, ...]] = ContextVar("settings", default=())


class BadEndpoint(ValueError):
    """AWS_ENDPOINT_URL is not a URL."""


def endpoint() -> str | None:
    """URL of a local AWS, or None for the real one. Raises BadEndpoint."""
    given = os.environ.get("AWS_ENDPOINT_URL")
    if not given:
        return None
    if not is_web(given):
        raise BadEndpoint(
            f"AWS_ENDPOINT_URL is {shown(given)}, which is not a web address; `lyo-dr drill --keep` prints it"
        )
    return given


def settings() -> list[str]:
    """What is set over the plan, as ``path=value``: the lines of LYO_DR_SET, and then what the command was given."""
    lines = os.environ.get(SETTINGS_VARIABLE, "").splitlines()
    return [*(line.strip() for line in lines if line.strip()), *_of_command.get()]


@contextmanager
def set_by_command(given: list[str]) -> Iterator[None]:
    """Within this, :func:`settings` has those of a command as well."""
    token = _of_command.set(tuple(given))
    try:
        yield
    finally:
        _of_command.reset(token)


def database_variable(name: str) -> str:
    """The variable that holds the address of a database of the plan: LYO_DR_DATABASE_CHAT_HISTORY."""
    return f"LYO_DR_DATABASE_{name.upper().replace('-', '_')}"


def database_address(name: str) -> str:
    """What that variable holds; empty where it is not set. A secret."""
    return os.environ.get(database_variable(name), "")


def person() -> str:
    """Name of the current user; empty where the machine does not know it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def has_width() -> bool:
    """Whether COLUMNS is exported: then output is laid out for that width, also in a pipe."""
    return os.environ.get("COLUMNS", "").isdigit()
