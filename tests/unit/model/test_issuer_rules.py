"""A plan with keys of issuers: each rule broken once, so that no key is ever shown to anybody but its issuer."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import plan_from_json
from lyo_dr.model.plan.file import PlanFaults, read_plan
from tests.plans import lyo_plan, raw_plan

KEY: dict[str, Any] = {
    "key": "OPENAI_API_KEY",
    "issuer": "OpenAI",
    "create": "Create one",
    "revoke": "Delete the other",
    "test": {"url": "https://api.example.com/models"},
}


def faults(*keys: dict[str, Any]) -> list[str]:
    raw = raw_plan()
    raw["secrets"][0]["issued"] = list(keys)
    try:
        read_plan(raw)
    except PlanFaults as refusal:
        return refusal.faults
    return []


def a_key(test: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return {**KEY, **changes, "test": {**KEY["test"], **(test or {})}}


def test_the_twin_a_key_with_a_test_of_few_words_is_fine() -> None:
    assert faults(KEY) == []
    assert faults() == [], "no key at all is fine, too"
    assert faults(a_key({"url": "http://127.0.0.1:5500/x"})) == [], "on this machine nobody else reads along"


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (a_key(key="DATABASE_URL"), "issued[0].key: DATABASE_URL is rotated by us"),
        (a_key(key="OTHER"), "issued[0].key: 'OTHER' is not among the keys"),
        (a_key(create=" "), "issued[0].create: empty; a person has to know"),
        (a_key(revoke=""), "issued[0].revoke: empty; a person has to know"),
        (a_key({"url": "http://api.example.com"}), "would show the key to others; write an address that begins with"),
        (a_key({"url": "api.example.com"}), "would show the key to others"),
        (a_key({"url": "https://api.example.com?key={key}"}), "a key in an address ends up in logs"),
        (a_key({"header": "Authorization: Bearer"}), "is no header with the key in it"),
        (a_key({"header": "A: {key}\r\nHost: elsewhere"}), "is no header with the key in it"),
        (a_key({"header": "A: {key}{key}"}), "is no header with the key in it"),
        (a_key({"accepted": [200, 401]}), "accepted and refused need statuses of their own"),
        (a_key({"refused": []}), "accepted and refused need statuses of their own"),
    ],
)
def test_a_key_that_could_be_shown_to_others_or_not_be_replaced_is_refused(key: dict[str, Any], sentence: str) -> None:
    [fault] = faults(key)
    assert fault.startswith("secrets[0].issued[0]")
    assert sentence in fault


def test_a_key_is_named_once() -> None:
    assert any("the key 'OPENAI_API_KEY' is named twice" in fault for fault in faults(KEY, KEY))


def test_the_committed_plan_names_its_keys_by_secret_and_reads_back() -> None:
    plan = lyo_plan()
    keys = ("OPENAI_API_KEY", "WHATSAPP_ACCESS_TOKEN", "GOOGLE_API_KEY")
    assert list(plan.issued()) == [KeyName("lyo-saas/production/app-secrets", key) for key in keys]
    assert plan_from_json(plan.to_json()) == plan
