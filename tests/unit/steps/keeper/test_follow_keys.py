"""FollowKeys: the standby brings keys from the active region's secret, and nothing else, and only in quiet times."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lyo_dr.adapters import clock
from lyo_dr.adapters.aws.session import client
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.issuer import KeyName, Outstanding
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.steps.keeper import follow_keys
from tests.plans import raw_plan
from tests.unit.aws import World, refusal, secret_text
from tests.unit.builders import IRELAND, NOON, OREGON

SECRET = "lyo-saas/production/app-secrets"
KEY = "OPENAI_API_KEY"
TEXT = '{{ "REDIS_URL" : "rediss://:{0}@cache",\n  "DATABASE_URL":"postgresql://a:{0}@c/d", "OPENAI_API_KEY":"{1}" }}\n'
PUT, MOVE = "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"


class Clock:
    """Time passes when the test says so."""

    def __init__(self) -> None:
        self.now = NOON

    def later(self, minutes: float) -> None:
        """So many minutes."""
        self.now += timedelta(minutes=minutes)

    def __call__(self) -> datetime:
        """In the place of the real one."""
        return self.now


def a_plan(**follow: Any) -> Plan:
    raw = raw_plan()
    raw["secrets"][0]["follow"] = {"keys": [KEY], **follow}
    return read_plan(raw)


def store(region: str) -> Any:
    return client("secretsmanager", region)


def change(value: str, region: str = IRELAND) -> None:
    """A person pastes a new key into the console."""
    store(region).put_secret_value(SecretId=SECRET, SecretString=TEXT.format(region, value))


def held(region: str = OREGON) -> str:
    return secret_text(SECRET, region)


def run() -> str:
    return str(follow_keys.handler({})["result"])


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clock, "now", found)
    return found


@pytest.fixture
def following(build: Callable[[Plan], World], time: Clock) -> World:
    """Both copies hold the same key; then the one in Ireland, which is active, gets another."""
    world = build(a_plan())
    with world.elsewhere():
        for region in (IRELAND, OREGON):
            store(region).create_secret(Name=SECRET, SecretString=TEXT.format(region, "sk-1"))
        change("sk-2")
    return world


def settled(time: Clock) -> None:
    assert run() == "settling"
    time.later(15)


def test_a_key_that_changed_is_brought_once_it_has_stood_for_a_while(following: World, time: Clock) -> None:
    for _ in range(3):
        assert run() == "settling"
        assert held() == TEXT.format(OREGON, "sk-1")
        time.later(5)
    assert run() == "brought"
    assert held() == TEXT.format(OREGON, "sk-2"), "the login and the token of the region stay, byte for byte"
    assert held(IRELAND) == TEXT.format(IRELAND, "sk-2")
    stages = store(OREGON).describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    assert {label for found in stages.values() for label in found} == {"AWSCURRENT", "AWSPREVIOUS"}
    assert run() == "same"
    assert following.calls.count(PUT) == 1


def test_a_change_that_is_taken_back_is_never_brought(following: World, time: Clock) -> None:
    assert run() == "settling"
    change("sk-1")
    time.later(30)
    assert run() == "same"
    assert held() == TEXT.format(OREGON, "sk-1")


def test_a_second_change_has_to_stand_as_long(following: World, time: Clock) -> None:
    assert run() == "settling"
    time.later(14)
    change("sk-3")
    assert run() == "settling"
    time.later(14)
    assert run() == "settling"
    time.later(1)
    assert run() == "brought"
    assert json.loads(held())[KEY] == "sk-3"


def test_a_plan_says_how_long_a_change_has_to_stand(build: Callable[[Plan], World], time: Clock) -> None:
    build(a_plan(after="PT1S"))
    for region, key in ((IRELAND, "sk-2"), (OREGON, "sk-1")):
        store(region).create_secret(Name=SECRET, SecretString=TEXT.format(region, key))
    assert run() == "settling"
    time.later(0.1)
    assert run() == "brought"


def test_the_active_region_never_brings_anything(
    following: World, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    change("sk-9", OREGON)
    monkeypatch.setenv("AWS_REGION", IRELAND)
    time.later(60)
    assert run() == "not_standby"
    assert held(IRELAND) == TEXT.format(IRELAND, "sk-2")


def test_after_a_failover_the_new_standby_brings(
    following: World, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = SystemRecord(active_region=OREGON, standby_region=IRELAND, epoch=2)
    for region in (IRELAND, OREGON):
        following.ctx(region=region).store.control.change_record(record)
    change("sk-7", OREGON)
    assert run() == "not_standby"
    monkeypatch.setenv("AWS_REGION", IRELAND)
    settled(time)
    assert run() == "brought"
    assert held(IRELAND) == TEXT.format(IRELAND, "sk-7")


def _fail_over(world: World) -> None:
    world.ctx(region=IRELAND).store.control.change_record(
        SystemRecord(active_region=OREGON, standby_region=None, epoch=1)
    )


def _take_lease(world: World) -> None:
    ctx = world.ctx()
    assert ctx.store.control.take_lease("rotation-1", ctx.now(), timedelta(minutes=15), "rotation")


def _begin_breach(world: World) -> None:
    names = ResourceNames(world.plan, IRELAND)
    client("stepfunctions", IRELAND).start_execution(
        stateMachineArn=names.machine("incident_response"), name="breach-1"
    )


IN_THE_WAY: dict[str, Callable[[World], None]] = {
    "a rotation, a restore or a failover holds the lease": _take_lease,
    "a breach runs in the active region": _begin_breach,
    "the automation is paused": World.pause,
    "the peer has a newer record": _fail_over,
}


@pytest.mark.parametrize("happens", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_nothing_is_written_while_something_is_in_progress(
    following: World, time: Clock, happens: Callable[[World], None]
) -> None:
    settled(time)
    with following.elsewhere():
        happens(following)
    assert run() == "waiting"
    assert following.calls.count(PUT) == 0


@pytest.mark.parametrize("happens", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_what_begins_between_reading_and_writing_is_seen(
    following: World, time: Clock, happens: Callable[[World], None]
) -> None:
    """After the new version is staged, and before it would be current."""
    settled(time)

    def then(_number: int, name: str) -> None:
        if name == PUT:
            with following.elsewhere():
                happens(following)

    following.calls.after = then
    assert run() == "waiting"
    assert held() == TEXT.format(OREGON, "sk-1")
    assert following.calls.count(MOVE) == 0


def test_what_somebody_else_has_written_meanwhile_stays(following: World, time: Clock) -> None:
    """AWS itself compares: the label moves only from the version that was read."""
    settled(time)

    def then(_number: int, name: str) -> None:
        if name == PUT:
            with following.elsewhere():
                change("sk-theirs", OREGON)

    following.calls.after = then
    assert run() == "failed"
    assert held() == TEXT.format(OREGON, "sk-theirs")


def test_what_changes_there_meanwhile_is_not_brought(following: World, time: Clock) -> None:
    settled(time)

    def then(_number: int, name: str) -> None:
        if name == PUT:
            with following.elsewhere():
                change("sk-3")

    following.calls.after = then
    assert run() == "waiting"
    assert held() == TEXT.format(OREGON, "sk-1")


@pytest.mark.parametrize("region", [IRELAND, OREGON])
@pytest.mark.parametrize(("wanted", "result"), [("new", "withheld"), ("by_hand", "withheld"), ("revoke", "brought")])
def test_a_key_of_a_breach_is_brought_once_it_was_replaced(
    following: World, time: Clock, region: str, wanted: Any, result: str
) -> None:
    settled(time)
    task = Outstanding(
        name=KeyName(SECRET, KEY), issuer="OpenAI", wanted=wanted, incident="breach-1", since=NOON, sentence=""
    )
    following.ctx(region=region).store.outstanding.keep(task)
    assert run() == result
    assert (json.loads(held())[KEY] == "sk-2") is (result == "brought")


def test_a_replica_of_secrets_manager_is_left_alone(build: Callable[[Plan], World], time: Clock) -> None:
    world = build(a_plan(after="PT1S"))
    store(IRELAND).create_secret(
        Name=SECRET, SecretString=TEXT.format(IRELAND, "sk-1"), AddReplicaRegions=[{"Region": OREGON}]
    )
    assert run() == "replicated"
    assert world.calls.count("secretsmanager:GetSecretValue") == world.calls.count(PUT) == 0


def test_a_primary_whose_replica_is_in_the_active_region_is_not_written(
    build: Callable[[Plan], World], time: Clock
) -> None:
    world = build(a_plan(after="PT1S"))
    store(OREGON).create_secret(
        Name=SECRET, SecretString=TEXT.format(OREGON, "sk-1"), AddReplicaRegions=[{"Region": IRELAND}]
    )
    assert run() == "replicated"
    assert world.calls.count(PUT) == 0


@pytest.mark.parametrize("text", ["{}", '{"OPENAI_API_KEY": ""}', '{"OPENAI_API_KEY": "to be filled at onboarding"}'])
def test_no_key_is_emptied_or_taken_away(following: World, time: Clock, text: str) -> None:
    store(IRELAND).put_secret_value(SecretId=SECRET, SecretString=text)
    for _ in range(2):
        assert run() == "same"
        time.later(30)
    assert held() == TEXT.format(OREGON, "sk-1")


def mails(world: World) -> list[str]:
    from moto.sns.models import sns_backends

    topic = ResourceNames(world.plan, OREGON).topic("responders")
    found = sns_backends["123456789012"][OREGON].topics[topic].sent_notifications
    return [str(each[2]) for each in found]


def test_a_failure_is_told_once_when_it_lasts(following: World, time: Clock) -> None:
    following.prepare("sns")
    following.calls.fail("secretsmanager:GetSecretValue", refusal("AccessDeniedException", "not sk-2 yours"))
    for _ in range(12):
        assert run() == "failed"
        assert mails(following) == []
        time.later(5)
    for _ in range(4):
        assert run() == "failed"
        time.later(5)
    assert mails(following) == ["Keys do not follow into the standby's secrets"]
    following.calls.before = lambda _number, _name: None
    settled(time)
    assert run() == "brought"


def test_failures_between_which_it_works_are_told_to_nobody(following: World, time: Clock) -> None:
    following.prepare("sns")
    for _ in range(10):
        following.calls.fail("secretsmanager:GetSecretValue", refusal("ThrottlingException"))
        assert run() == "failed"
        time.later(10)
        following.calls.before = lambda _number, _name: None
        assert run() in ("settling", "brought", "same")
    assert mails(following) == []


def test_no_value_is_said_or_kept(following: World, time: Clock, caplog: pytest.LogCaptureFixture) -> None:
    result = [follow_keys.handler({})]
    time.later(15)
    result.append(follow_keys.handler({}))
    table = client("dynamodb", OREGON).scan(TableName=ResourceNames(following.plan, OREGON).table)["Items"]
    assert f"{KEY} of {SECRET}: brought from {IRELAND}" in caplog.text
    assert not any(value in f"{caplog.text}{result}{table}" for value in ("sk-1", "sk-2", "postgresql://"))
