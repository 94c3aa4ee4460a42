"""A key that follows, in a whole world with the roles as deployed: the schedule brings it, and the login stays."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from drills.world.world import World
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from tests.plans import raw_plan
from tests.state_machines.failover import IRELAND, OREGON

pytestmark = [pytest.mark.drill, pytest.mark.timeout(480)]

NAMES = {IRELAND: "lyo-prod-AppSecret-8sK2lQ9zXc", OREGON: "lyo-dr-AppSecret-x7Pq"}
KEY = "OPENAI_API_KEY"
_WITHIN = 180.0


def a_plan() -> Plan:
    """The secret has another name in each region, too."""
    raw = raw_plan()
    raw["secrets"][0] |= {"name": "app", "names": NAMES, "follow": {"keys": [KEY]}}
    raw["breach"]["secrets"] = ["app"]
    return read_plan(raw)


@dataclass
class Followed:
    """The values of both copies before and after, and who has written what."""

    before: dict[str, dict[str, Any]]
    after: dict[str, dict[str, Any]]
    writers: set[tuple[str, str, str]]


def _held(world: World, region: str) -> dict[str, Any]:
    answer = world.client("secretsmanager", region).get_secret_value(SecretId=NAMES[region])
    return dict(json.loads(answer["SecretString"]))


@pytest.fixture(scope="module")
def followed() -> Iterator[Followed]:
    """A person changes a key in Ireland, which is active; then the schedule works."""
    with World(a_plan(), warm=False, both_ways=True) as world:
        before = {region: _held(world, region) for region in NAMES}
        world.client("secretsmanager", IRELAND).put_secret_value(
            SecretId=NAMES[IRELAND], SecretString=json.dumps({**before[IRELAND], KEY: "sk-new"})
        )
        until = time.monotonic() + _WITHIN
        while _held(world, OREGON)[KEY] != "sk-new" and time.monotonic() < until:
            time.sleep(1)
        after = {region: _held(world, region) for region in NAMES}
        writers = {
            (call["app"], call["region"], call["op"])
            for call in world.aws.calls()
            if call["op"] in ("PutSecretValue", "UpdateSecretVersionStage") and call["app"] == "FollowKeys"
        }
        yield Followed(before, after, writers)


def test_the_key_is_brought_and_nothing_else(followed: Followed) -> None:
    assert followed.after[OREGON] == {**followed.before[OREGON], KEY: "sk-new"}
    assert followed.after[IRELAND] == {**followed.before[IRELAND], KEY: "sk-new"}
    assert followed.before[IRELAND]["DATABASE_URL"] != followed.before[OREGON]["DATABASE_URL"]


def test_only_the_standby_has_written_and_only_at_home(followed: Followed) -> None:
    assert {(region, operation) for _, region, operation in followed.writers} == {
        (OREGON, "PutSecretValue"),
        (OREGON, "UpdateSecretVersionStage"),
    }
