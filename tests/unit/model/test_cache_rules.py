"""A plan with caches: each rule broken once."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan.file import PlanFaults, read_plan
from tests.plans import raw_plan

CACHE: dict[str, Any] = {
    "name": "sessions",
    "secret": "lyo-saas/production/app-secrets",
    "key": "REDIS_URL",
    "groups": {"eu-west-1": "lyo-saas-production-redis", "us-west-2": "lyo-saas-dr-redis"},
}


def faults(*caches: dict[str, Any]) -> list[str]:
    try:
        read_plan(raw_plan() | {"caches": list(caches)})
    except PlanFaults as refusal:
        return refusal.faults
    return []


def test_the_twin_a_cache_and_none() -> None:
    assert faults(CACHE) == []
    assert faults() == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            {"name": "Big Cache"},
            "caches[0].name: 'Big Cache' becomes part of resource names; did you mean 'big-cache'?",
        ),
        ({"secret": "other"}, "caches[0].secret: 'other' is no secret of this plan; there is "),
        ({"key": "OTHER"}, "caches[0].key: 'OTHER' is not among the keys of 'lyo-saas/production/app-secrets'"),
        ({"key": "DATABASE_URL"}, "caches[0].key: DATABASE_URL leads to a database"),
        ({"key": "OPENAI_API_KEY"}, "caches[0].key: 'OPENAI_API_KEY' is a key that people are asked for"),
        ({"groups": {"eu-west-1": "a"}}, "caches[0].groups: given for eu-west-1; give it for eu-west-1 and us-west-2"),
        ({"groups": {**CACHE["groups"], "us-west-2": "a--b"}}, "caches[0].groups.us-west-2: 'a--b' is no replication"),
    ],
    ids=["name", "secret", "key", "the database", "issued", "one region", "group"],
)
def test_a_cache_that_could_not_be_rotated_is_refused(change: dict[str, Any], fault: str) -> None:
    (found,) = faults(CACHE | change)
    assert found.startswith(fault)


def test_two_caches_share_neither_name_nor_key() -> None:
    assert [fault.partition(";")[0] for fault in faults(CACHE, CACHE)] == [
        "caches: the name 'sessions' is used twice",
        "caches: REDIS_URL of 'lyo-saas/production/app-secrets' belongs to two of them",
    ]
