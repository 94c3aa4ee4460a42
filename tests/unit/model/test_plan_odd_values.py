"""Values that would be taken in silence, and would break or overwrite something later."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan.file import PlanFaults, read_plan
from lyo_dr.model.plan.shape.web_address import is_web, shown
from tests.plans import raw_plan


def faults(raw: dict[str, Any]) -> list[str]:
    try:
        read_plan(raw)
    except PlanFaults as found:
        return list(found.faults)
    return []


def test_a_user_of_an_app_is_named_once() -> None:
    raw = raw_plan()
    raw["databases"][0]["app_roles"] = ["lyo_app", "lyo_app"]
    assert "databases[0].app_roles: 'lyo_app' is named twice; name each user once" in faults(raw)


@pytest.mark.parametrize("field", ["port", "password", "instance"])
def test_no_key_of_a_login_stands_for_two_of_its_parts(field: str) -> None:
    """A restore writes the host, the port and the instance: under the key of the password it would be gone."""
    raw = raw_plan()
    fields = {"host": "H", "port": "P", "username": "U", "password": "W", "instance": "I"}
    fields[field] = "U"
    raw["secrets"][0] |= {"keys": ["H", "U", "W", "P"], "database": None}
    raw["secrets"][0]["logins"] = [{"database": "bookings", "fields": fields}]
    sentence = "secrets[0].logins[0].fields: 'U' stands for two of them; each has a key of its own"
    assert sentence in faults(raw)


def test_the_boundary_is_a_policy_of_the_account_or_of_aws() -> None:
    def found(account: str) -> list[str]:
        arn = f"arn:aws:iam::{account}:policy/company/boundary"
        raw = raw_plan(deployment={"permissions_boundary": arn})
        return [fault for fault in faults(raw) if fault.startswith("deployment.permissions_boundary: ")]

    (fault,) = found("999999999999")
    assert "a policy of account 999999999999" in fault
    assert found(raw_plan()["account"]) == found("aws") == []


@pytest.mark.parametrize(
    "url",
    [
        "https://[api.lyo-booking.com]",
        "https://[::1",
        "https://api.lyo-booking.com:99999",
        "https://api lyo.com",
        "https://u:s3cret@api.lyo-booking.com",
        "ftp://u:s3cret@api.lyo-booking.com",
        "api.lyo-booking.com",
        "https://",
        "",
    ],
)
def test_an_address_that_cannot_be_asked_is_refused_and_its_login_shown_to_nobody(url: str) -> None:
    assert not is_web(url)
    assert "s3cret" not in shown(url)
    found = [fault for fault in faults(raw_plan(traffic__url=url)) if fault.startswith("traffic.url: ")]
    assert found
    assert "s3cret" not in " ".join(found)


@pytest.mark.parametrize("url", ["https://api.lyo-booking.com", "http://127.0.0.1:8443/x?y=1", "https://[::1]:80/"])
def test_must_not_fire_on_an_address_of_the_web(url: str) -> None:
    assert is_web(url)
