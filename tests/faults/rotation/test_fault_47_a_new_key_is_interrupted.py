"""A key only its issuer can change is taken from a person, and dies at any of its calls: the end is the same.

At no moment do the application's tasks, or tasks that would start now, hold a key the issuer refuses.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.errors import LyoDrError
from lyo_dr.model.issuer import HANDED_OVER, KeyName, KeyTry
from lyo_dr.model.rotation import HOLDER
from lyo_dr.steps.secret_rotation import (
    announce_rotation_failure,
    ask_for_key,
    close_rotation,
    finish_key,
    open_rotation,
    prove_key,
    redeploy_services,
    test_key,
)
from tests.unit.aws import Killed, World, changes, kill_at, secret_text
from tests.unit.builders import IRELAND, NOON, OREGON

NAME = KeyName("lyo-saas/production/app-secrets", "OPENAI_API_KEY")
LABEL = HANDED_OVER + NAME.key
OLD, NEW = "sk-canary-leaked", "sk-canary-new"
TEXT = '{{ "REDIS_URL" : "rediss://:r\\u00e9d@cache/0",\n  "OPENAI_API_KEY":"{}", "DATABASE_URL":"postgresql://{}" }}\n'
_NOW = NOON.isoformat()


@dataclass
class Issuer:
    """Which keys are valid, and what the tasks of the application hold."""

    valid: set[str] = field(default_factory=lambda: {OLD, NEW})
    tasks: str = OLD
    shown: list[str] = field(default_factory=list)
    silent: bool = False

    def answer(self, _url: str, _seconds: float, *, method: str, header: tuple[str, str]) -> KeyTry:
        """In the place of the issuer's endpoint."""
        assert (method, header[0]) == ("GET", "Authorization")
        key = header[1].removeprefix("Bearer ")
        self.shown.append(key)
        if self.silent:
            return KeyTry(error="TimeoutError")
        return KeyTry(status=200 if key in self.valid else 401)


def text_of(region: str) -> str:
    return secret_text(NAME.secret, region)


def held(region: str) -> str:
    return str(json.loads(text_of(region))[NAME.key])


def labels_of(region: str) -> set[str]:
    stages = client("secretsmanager", region).describe_secret(SecretId=NAME.secret)["VersionIdsToStages"]
    return {label for found in stages.values() for label in found}


def hand_over(world: World, value: str = NEW, region: str = IRELAND) -> None:
    """As `lyo-dr hand-over` does it."""
    world.calls.preparing = True
    client("secretsmanager", region).put_secret_value(
        SecretId=NAME.secret, SecretString=json.dumps({NAME.key: value}), VersionStages=[LABEL]
    )
    world.calls.preparing = False


@pytest.fixture
def issuer(world: World, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """Both regions' copies hold the leaked key; Ireland works."""
    monkeypatch.setenv("AWS_REGION", IRELAND)
    world.calls.preparing = True
    for region in (IRELAND, OREGON):
        client("secretsmanager", region).create_secret(Name=NAME.secret, SecretString=TEXT.format(OLD, region))
    world.calls.preparing = False
    found = Issuer()
    for module in (test_key, prove_key):
        monkeypatch.setattr(module, "try_key", found.answer)
    return found


class Run:
    """The machine's way of one key, state by state; what a state has put out is kept."""

    def __init__(self, execution: str, issuer: Issuer, revoke: bool = True, **order: Any) -> None:
        self.execution, self.issuer, self.revoke = execution, issuer, revoke
        self.order = order or {"keys": [{"secret": NAME.secret, "key": NAME.key}]}
        self.kept: dict[str, Any] = {}

    def to_the_end(self) -> str:
        """Every state after those that have put something out already; the ending."""
        opening = self._state("open", open_rotation, order=self.order, execution=self.execution, started_at=_NOW)
        assert opening["status"] == "open", opening
        self.rotation = opening["rotation"]
        keys = [self._key(name) for name in self.rotation["keys"]]
        redeployment = self._state("redeploy", redeploy_services, rotation=self.rotation, keys=keys)
        if redeployment["needed"]:
            self.issuer.tasks = held(IRELAND)
        for key in keys:
            self._prove(key)
        closing: dict[str, Any] = self._state("close", close_rotation, rotation=self.rotation, keys=keys)
        return str(closing["ending"])

    def _key(self, name: dict[str, str]) -> dict[str, Any]:
        item = {"rotation": self.rotation, "key": name}
        try:
            item["tested"] = self._state("test", test_key, **item)
            status = item["tested"]["status"]
            if status == "accepted":
                return dict(self._state("take", finish_key, **item))
            if status in ("unfinished", "revoking"):
                return {"status": "taken" if status == "unfinished" else status, "name": name, "sentence": ""}
        except LyoDrError as error:
            item["error"] = {"Error": type(error).__name__, "Cause": json.dumps({"errorMessage": str(error)})}
        return dict(self._state("ask", ask_for_key, **item))

    def _prove(self, key: dict[str, Any]) -> None:
        """A person who is told to revoke the former key does so."""
        if key["status"] == "outstanding":
            return
        asked = {"rotation": self.rotation, "replaced": key, "started_at": _NOW}
        if prove_key.handler(asked)["status"] != "ready" and self.revoke:
            self.issuer.valid.discard(OLD)
            assert prove_key.handler(asked)["status"] == "ready"

    def _state(self, name: str, module: Any, **given: Any) -> Any:
        if name not in self.kept:
            self.kept[name] = module.handler(given)
        return self.kept[name]


def assert_always_valid(world: World, issuer: Issuer) -> None:
    def check(_number: int, name: str) -> None:
        if not changes([name]):
            return
        assert issuer.tasks in issuer.valid, "the running application holds a key that is refused"
        for region in (IRELAND, OREGON):
            assert held(region) in issuer.valid, f"a task that starts in {region} now holds a key that is refused"

    world.calls.after = check


def assert_taken(world: World, issuer: Issuer) -> None:
    for region in (IRELAND, OREGON):
        assert text_of(region) == TEXT.format(NEW, region), "one value, and not a byte more"
        assert LABEL not in labels_of(region)
    assert issuer.tasks == NEW
    assert issuer.valid == {NEW}
    assert world.ctx(region=IRELAND).store.outstanding.all() == []


def outstanding(world: World) -> list[tuple[str, str]]:
    found = world.ctx(region=IRELAND).store.outstanding.all()
    return [(each.wanted, each.incident) for each in found]


def said(world: World, execution: str) -> list[str]:
    return [line.sentence for line in world.ctx(region=IRELAND).store.incidents.timeline(f"{HOLDER}{execution}")]


# -- a person is asked -------------------------------------------------------------------------------------
def test_while_nothing_is_handed_over_it_is_outstanding_and_nothing_is_touched(world: World, issuer: Issuer) -> None:
    assert Run("one", issuer).to_the_end() == "outstanding"
    assert outstanding(world) == [("new", f"{HOLDER}one")]
    assert (held(IRELAND), held(OREGON), issuer.shown) == (OLD, OLD, [])
    assert world.calls.count("ecs:UpdateService") == 0
    assert any("ACTION NEEDED: a new OPENAI_API_KEY from OpenAI" in sentence for sentence in said(world, "one"))


def test_a_key_asked_for_inside_an_incident_stays_outstanding_on_that(world: World, issuer: Issuer) -> None:
    name = {"secret": NAME.secret, "key": NAME.key}
    Run("one", issuer, keys=[name], incident="breach-1").to_the_end()
    assert outstanding(world) == [("new", "breach-1")]
    hand_over(world)
    assert Run("two", issuer).to_the_end() == "rotated"
    told = [line.sentence for line in world.ctx(region=IRELAND).store.incidents.timeline("breach-1")]
    assert any(sentence.startswith("No longer outstanding: ") for sentence in told)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("sk-canary-mistyped", "refuses the new key (status 401); the current key stays"),
        (OLD, "the key handed over is the one in use; a new key is needed"),
        ("sk-canary with a space", "was not replaced: InvalidSecret: what was handed over is not a key"),
        ("sk-canary-\n-newline", "was not replaced: InvalidSecret: what was handed over is not a key"),
    ],
)
def test_what_is_no_valid_new_key_changes_nothing_and_stays_outstanding(
    world: World, issuer: Issuer, value: str, sentence: str
) -> None:
    hand_over(world, value)
    assert Run("one", issuer).to_the_end() == "outstanding"
    assert (held(IRELAND), held(OREGON)) == (OLD, OLD)
    [left] = world.ctx(region=IRELAND).store.outstanding.all()
    assert sentence in left.sentence
    assert not [line for line in said(world, "one") if "canary" in line]


def test_an_issuer_that_does_not_answer_is_no_yes(world: World, issuer: Issuer) -> None:
    hand_over(world)
    issuer.silent = True
    assert Run("one", issuer).to_the_end() == "outstanding"
    assert held(IRELAND) == OLD
    issuer.silent = False
    assert Run("two", issuer).to_the_end() == "rotated"
    assert_taken(world, issuer)


def test_fault_46_a_hand_over_that_is_no_json_is_refused_and_never_quoted(world: World, issuer: Issuer) -> None:
    world.calls.preparing = True
    client("secretsmanager", IRELAND).put_secret_value(
        SecretId=NAME.secret, SecretString="sk-canary-plain", VersionStages=[LABEL]
    )
    world.calls.preparing = False
    assert Run("one", issuer).to_the_end() == "outstanding"
    assert not [line for line in said(world, "one") if "canary" in line]


def test_fault_46_what_else_lies_in_a_hand_over_is_not_taken_along(world: World, issuer: Issuer) -> None:
    """Somebody pasted a whole old secret: only the key that was asked for counts."""
    world.calls.preparing = True
    pasted = json.dumps({NAME.key: NEW, "DATABASE_URL": "postgresql://old", "EXTRA": "1"})
    client("secretsmanager", IRELAND).put_secret_value(SecretId=NAME.secret, SecretString=pasted, VersionStages=[LABEL])
    world.calls.preparing = False
    assert Run("one", issuer).to_the_end() == "rotated"
    assert_taken(world, issuer)


def test_fault_46_when_one_copy_is_unfit_none_is_written(world: World, issuer: Issuer) -> None:
    world.calls.preparing = True
    client("secretsmanager", OREGON).put_secret_value(SecretId=NAME.secret, SecretString='{"DATABASE_URL": "x"}')
    world.calls.preparing = False
    hand_over(world)
    assert Run("one", issuer).to_the_end() == "outstanding"
    assert held(IRELAND) == OLD
    [left] = world.ctx(region=IRELAND).store.outstanding.all()
    assert "was not replaced: InvalidSecret: the secret has no key OPENAI_API_KEY" in left.sentence
    assert left.wanted == "new"


# -- it is taken, and the former one dies ------------------------------------------------------------------
def test_fault_47_the_twin_a_new_key_nobody_interrupts(world: World, issuer: Issuer) -> None:
    hand_over(world)
    assert_always_valid(world, issuer)
    assert Run("one", issuer).to_the_end() == "rotated"
    assert_taken(world, issuer)
    assert issuer.shown == [NEW, OLD, OLD], "tried, found still valid, found refused"


def test_a_former_key_nobody_revokes_stays_outstanding_until_it_is_refused(world: World, issuer: Issuer) -> None:
    hand_over(world)
    assert Run("one", issuer, revoke=False).to_the_end() == "rotated"
    assert outstanding(world) == [("revoke", f"{HOLDER}one")]
    assert any("still valid at the issuer: revoke it there" in sentence for sentence in said(world, "one"))
    issuer.valid.discard(OLD)
    deployed = world.calls.count("ecs:UpdateService")
    assert Run("two", issuer).to_the_end() == "rotated"
    assert world.calls.count("ecs:UpdateService") == deployed, "nothing that tasks read has changed"
    assert_taken(world, issuer)


def test_a_key_in_use_is_never_called_a_former_one(world: World, issuer: Issuer) -> None:
    """Somebody put the old key back by hand: it is not tried, so nobody is told to revoke it."""
    hand_over(world)
    Run("one", issuer, revoke=False).to_the_end()
    world.calls.preparing = True
    client("secretsmanager", IRELAND).put_secret_value(SecretId=NAME.secret, SecretString=TEXT.format(OLD, IRELAND))
    world.calls.preparing = False
    issuer.shown.clear()
    Run("two", issuer, revoke=False).to_the_end()
    assert issuer.shown == []
    [left] = world.ctx(region=IRELAND).store.outstanding.all()
    assert (left.wanted, left.sentence) == ("new", f"{NAME}: a former key is in use again; a new key is needed")
    assert "Notified responders: ACTION NEEDED: revoke the former OPENAI_API_KEY at OpenAI" not in said(world, "two")


CHANGES = range(1, 29)
ISSUED = [NAME.key, "WHATSAPP_ACCESS_TOKEN", "GOOGLE_API_KEY"]


@pytest.mark.parametrize("number", CHANGES)
def test_fault_47_a_new_key_killed_before_any_change_and_tried_again_ends_the_same(
    world: World, issuer: Issuer, number: int
) -> None:
    hand_over(world)
    assert_always_valid(world, issuer)
    kill_at(world, number)
    run = Run("one", issuer)
    try:
        run.to_the_end()
    except Killed:
        world.calls.before = lambda _number, _name: None
        assert run.to_the_end() == "rotated"
    assert_taken(world, issuer)


@pytest.mark.parametrize("number", CHANGES)
def test_fault_47_a_new_key_killed_for_good_another_rotation_takes_it_up(
    world: World, issuer: Issuer, number: int
) -> None:
    hand_over(world)
    assert_always_valid(world, issuer)
    kill_at(world, number)
    try:
        Run("one", issuer).to_the_end()
    except Killed:
        world.calls.before = lambda _number, _name: None
        _let_the_lease_end(world)
        Run("two", issuer).to_the_end()
    for region in (IRELAND, OREGON):
        assert text_of(region) == TEXT.format(NEW, region)
    assert (issuer.tasks, issuer.valid) == (NEW, {NEW})


def test_every_change_of_a_new_key_is_among_those_that_are_killed(world: World, issuer: Issuer) -> None:
    hand_over(world)
    Run("counted", issuer).to_the_end()
    assert changes(world.calls.made) == CHANGES[-1]


def _let_the_lease_end(world: World) -> None:
    lease = world.ctx(region=IRELAND).peer.control.lease()
    if lease is not None:
        world.ctx(region=OREGON).store.control.release_lease(lease.holder, lease.epoch, world.ctx().now())


@pytest.mark.parametrize("order", [{}, {"by": "schedule", "secrets": [NAME.secret]}], ids=["everything", "calendar"])
def test_fault_48_keys_and_the_calendar_wait_for_an_incident(
    world: World, issuer: Issuer, order: dict[str, Any]
) -> None:
    world.given_incident()
    hand_over(world)
    waits = open_rotation.handler({"order": order, "execution": "one", "started_at": world.ctx().now().isoformat()})
    assert waits["status"] == "postponed"
    assert held(IRELAND) == OLD


@pytest.mark.parametrize(
    ("order", "secrets", "keys"),
    [
        ({}, [NAME.secret], ISSUED),
        ({"secrets": [NAME.secret]}, [NAME.secret], []),
        ({"keys": [{"secret": NAME.secret, "key": NAME.key}]}, [], [NAME.key]),
        ({"by": "x", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn"}, [NAME.secret], ISSUED),
    ],
    ids=["everything", "a login", "a key", "everything, for another machine"],
)
def test_what_is_named_is_rotated_and_without_a_name_everything(
    world: World, issuer: Issuer, order: dict[str, Any], secrets: list[str], keys: list[str]
) -> None:
    opening = open_rotation.handler({"order": order, "execution": "one", "started_at": _NOW})
    assert opening["rotation"]["secrets"] == secrets
    assert [name["key"] for name in opening["rotation"]["keys"]] == keys


def test_a_key_the_plan_does_not_know_is_refused(world: World, issuer: Issuer) -> None:
    order = {"keys": [{"secret": NAME.secret, "key": "DATABASE_URL"}]}
    with pytest.raises(
        LyoDrError, match=r"DATABASE_URL of .* is not a manually issued key; choose from OPENAI_API_KEY of"
    ):
        open_rotation.handler({"order": order, "execution": "one", "started_at": _NOW})


def test_invariant_i8_a_failure_quotes_no_key(world: World, issuer: Issuer) -> None:
    hand_over(world)
    run = Run("one", issuer)
    run.to_the_end()
    assert NEW not in json.dumps(run.kept)
    assert OLD not in json.dumps(run.kept)
    told = announce_rotation_failure.handler({"execution": "one", "so_far": {"error": {"Error": "X", "Cause": ""}}})
    assert told["queued"] == ["responders"]
