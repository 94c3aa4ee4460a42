"""Passwords go back with the data: which are set again, which must not come back to life, and what is told."""

from __future__ import annotations

import pytest

from lyo_dr.decisions.restore.logins import aligned, to_renew, to_retire
from lyo_dr.model.rotation import LoginTry

ACCEPTED, REFUSED = LoginTry(accepted=True), LoginTry(accepted=False, refused=True, reason="DatabaseError 28P01")
SILENT = LoginTry(accepted=False, refused=False, reason="TimeoutError")


@pytest.mark.parametrize(
    ("roles", "in_use", "retired"),
    [
        (["blue", "green"], {"green"}, ["blue"]),
        (["blue", "green"], {"blue"}, ["green"]),
        # Must not: both in use, none known, a user the plan does not name, and databases that are not rotated.
        (["blue", "green"], {"blue", "green"}, []),
        (["blue", "green"], set(), []),
        (["blue", "green"], {"red"}, []),
        (["blue"], {"blue"}, []),
        (["blue", "green", "red"], {"blue"}, []),
        ([], {"blue"}, []),
    ],
)
def test_only_the_other_one_of_two_is_retired(roles: list[str], in_use: set[str], retired: list[str]) -> None:
    assert to_retire(roles, in_use) == retired


def test_a_login_that_was_not_accepted_is_renewed_also_without_an_answer() -> None:
    assert to_renew({"silent": SILENT, "refused": REFUSED, "accepted": ACCEPTED}) == ["refused", "silent"]


@pytest.mark.parametrize(
    ("renewed", "retired", "sentence"),
    [
        ({}, {}, "unchanged"),
        ({"green": "set"}, {}, "green has its current password again"),
        ({}, {"blue": "set"}, "blue has no known password, as before"),
        (
            {"green": "not a user of the application"},
            {},
            "green was left unchanged (not a user of the application)",
        ),
        (
            {"green": "set"},
            {"blue": "set"},
            "green has its current password again; blue has no known password, as before",
        ),
    ],
)
def test_what_is_told(renewed: dict[str, str], retired: dict[str, str], sentence: str) -> None:
    assert aligned(renewed, retired) == f"Logins in the restored data: {sentence}"
