"""What a database has of what onboarding makes."""

from __future__ import annotations

import msgspec


class Onboarding(msgspec.Struct, frozen=True):
    """``user`` is who asked; ``missing_roles`` are those of the plan's ``app_roles`` that the server does not know."""

    user: str
    made: bool
    commit_times: bool
    missing_roles: list[str] = []
