"""The cases of ``secret_rotation``: a login, a key somebody issued, and the token of a cache."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from lyo_dr.adapters import redis
from lyo_dr.model.plan import Plan, plan_from_json
from lyo_dr.steps.secret_rotation import (
    create_secret,
    finish_key,
    finish_secret,
    finish_token,
    open_rotation,
    rotate_token,
    set_secret,
    stage_token,
    test_key,
)
from tests.faults.rotation.test_fault_47_a_new_key_is_interrupted import LABEL, NAME
from tests.faults.rotation.test_fault_47_a_rotation_is_interrupted import Database
from tests.faults.rotation.test_fault_47_a_token_is_interrupted import CACHE, GROUPS, Caches, Group
from tests.killed.given import APP_SECRET, app_secret, login
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, NOON, OREGON

_AT = NOON.isoformat()
_KEY = {"secret": NAME.secret, "key": NAME.key}


def _with_cache() -> Plan:
    raw = json.loads(lyo_plan().to_json())
    raw["secrets"][0]["issued"] = []
    raw["caches"] = [{"name": "sessions", "secret": APP_SECRET, "key": "REDIS_URL", "groups": GROUPS}]
    return plan_from_json(json.dumps(raw))


def _secrets(stage: Stage) -> None:
    app_secret(stage, IRELAND, OREGON)
    database = Database()
    stage.kept["passwords"] = lambda: sorted(database.passwords)
    stage.functions["retire-user"] = lambda _: {"done": True, "reason": "set", "ended": 2}
    for name in ("set-password", "try-login"):
        stage.functions[name] = lambda asked, name=name: database.answer(name, asked, stage.asked_in)  # type: ignore[misc]
    stage.http = lambda _url: (200, {"database": "read_write", "region": IRELAND})


def _opening(stage: Stage) -> dict[str, Any]:
    _secrets(stage)
    return {"order": {}, "execution": "one", "started_at": _AT}


def _opened(stage: Stage, **order: Any) -> dict[str, Any]:
    _secrets(stage)
    opening = open_rotation.handler({"order": order, "execution": "one", "started_at": _AT})
    assert opening["rotation"], opening
    return {"rotation": opening["rotation"]}


def _staged(stage: Stage, *done: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    event = _opened(stage)
    event["staged"] = create_secret.handler({**event, "secret": APP_SECRET})
    for handler in done:
        handler(event)
    return event | {"started_at": _AT}


def _keyed(stage: Stage, *, handed_over: bool = True) -> dict[str, Any]:
    event = _opened(stage, keys=[_KEY]) | {"key": _KEY}
    if handed_over:
        from lyo_dr.adapters.aws.secretsmanager import hand_over

        with stage.world.elsewhere():
            hand_over(NAME.secret, IRELAND, LABEL, json.dumps({NAME.key: "sk-new-key"}))
    return event


def _tested(stage: Stage, *, handed_over: bool = True) -> dict[str, Any]:
    event = _keyed(stage, handed_over=handed_over)
    return event | {"tested": test_key.handler(event)}


def _replaced(stage: Stage, *, valid: bool) -> dict[str, Any]:
    event = _tested(stage)
    replaced = finish_key.handler(event)
    stage.http = lambda _url: (200 if valid else 401, {})
    return {"rotation": event["rotation"], "replaced": replaced, "started_at": _AT}


def _cached(stage: Stage) -> dict[str, Any]:
    caches = Caches({region: Group(["token"]) for region in (IRELAND, OREGON)})
    stage.kept["caches"] = lambda: {region: [len(group.valid), group.asked] for region, group in caches.groups.items()}

    def elasticache(region: str, operation: str, asked: dict[str, Any]) -> Any:
        group = caches.groups[region]
        return group.describe() if operation.startswith("Describe") else group.modify(asked)

    stage.calls.services["elasticache"] = elasticache
    for name in ("try-token", "end-cache-sessions"):
        stage.functions[name] = lambda asked, name=name: caches.answer(stage.world, name, asked, stage.asked_in)  # type: ignore[misc]
    event = _opened(stage)
    (place, *_) = event["rotation"]["tokens"]
    return event | {"place": place, "started_at": _AT}


def _token(stage: Stage, *, rotated: bool = False, finished: bool = False) -> dict[str, Any]:
    event = _cached(stage)
    event["staged"] = stage_token.handler(event)
    while rotated and rotate_token.handler(event)["status"] != "ready":
        stage.later()
    if finished:
        finish_token.handler(event)
    return event


def _redis(stage: Stage) -> dict[str, Any]:
    app_secret(stage, IRELAND)

    class Wire:
        def ask(self, *words: str) -> str:
            kind = "write" if words[0] == "CLIENT" else "read"
            answer = {"AUTH": "+OK", "PING": "+PONG", "CLIENT": ":1"}[words[0]]
            silence = ConnectionResetError()
            return str(
                stage.calls.made_one(f"redis:{kind} {words[0]}", {}, lambda: answer, busy=silence, silence=silence)
            )

    @contextmanager
    def connected(_address: Any, _seconds: float) -> Any:
        yield Wire()

    stage.patch.setattr(redis, "_connected", connected)
    return {"cache": CACHE.name}


def _sql(stage: Stage) -> dict[str, Any]:
    app_secret(stage, IRELAND)
    login(stage, IRELAND)
    stage.kept["set"] = users = set[str]()

    def sql(statement: str, values: dict[str, Any]) -> Any:
        if "set_app_password" in statement:
            users.add(values["name"])
            return [["set"]]
        return [[2]] if "end_sessions" in statement else []

    stage.sql = sql
    return {"secret": APP_SECRET, "database": "bookings", "epoch": 1}


def _version(stage: Stage) -> dict[str, Any]:
    from lyo_dr.adapters.aws.secretsmanager import labels

    event = _sql(stage)
    with stage.world.elsewhere():
        return event | {"version": labels(APP_SECRET, IRELAND).versions["AWSCURRENT"]}


def _here(given: Callable[[Stage], dict[str, Any]], **more: Any) -> Case:
    """Ireland is active."""
    return Case(given, region=IRELAND, **more)


def _failed(stage: Stage) -> dict[str, Any]:
    opening = {"status": "open", "sentence": "", **_opened(stage)}
    return {"execution": "one", "so_far": {"opening": opening, **_FAILED}}


_SILENT = {"http:GET api.openai.com": "an issuer that does not answer leaves its key outstanding"}
_FAILED = {"error": {"Error": "RotationRefused", "Cause": '{"errorMessage": "no"}'}}
CASES = {
    "open_rotation": _here(_opening),
    "create_secret": _here(lambda stage: _opened(stage) | {"secret": APP_SECRET}),
    "set_secret": _here(_staged),
    "test_secret": _here(lambda stage: _staged(stage, set_secret.handler), reads_only=True),
    "finish_secret": _here(lambda stage: _staged(stage, set_secret.handler)),
    "redeploy_services": _here(_opened),
    "check_redeployment": _here(lambda stage: _opened(stage) | {"started_at": _AT}, reads_only=True),
    "retire_login": _here(lambda stage: _staged(stage, set_secret.handler, finish_secret.handler)),
    "prove_retired": _here(lambda stage: _staged(stage, set_secret.handler, finish_secret.handler), reads_only=True),
    "close_rotation": _here(lambda stage: _staged(stage, set_secret.handler, finish_secret.handler)),
    "announce_rotation_failure": _here(
        _failed,
        otherwise=dict.fromkeys(
            ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
            "a failure is announced whatever the table does; the lease expires by itself",
        ),
    ),
    "set_password": _here(lambda stage: _version(stage) | {"compared_with": "lyo_app"}),
    "try_login": _here(_version, reads_only=True),
    "retire_user": _here(lambda stage: _sql(stage) | {"user": "lyo_app_b"}),
    "test_key": _here(_keyed, reads_only=True),
    "ask_for_key": _here(lambda stage: _tested(stage, handed_over=False)),
    "finish_key": _here(_tested),
    "prove_key": [
        _here(lambda stage: _replaced(stage, valid=True), otherwise=_SILENT),
        _here(lambda stage: _replaced(stage, valid=False), otherwise=_SILENT),
    ],
    "stage_token": _here(_cached, plan=_with_cache),
    "rotate_token": _here(
        _token,
        plan=_with_cache,
        until="ready",
        blurred={"NOTE#ROTATED#": "it keeps ROTATE from being sent twice; a token that is accepted does so, too"},
    ),
    "finish_token": _here(lambda stage: _token(stage, rotated=True), plan=_with_cache),
    "retire_token": _here(lambda stage: _token(stage, rotated=True, finished=True), plan=_with_cache, until="ready"),
    "try_token": _here(_redis, plan=_with_cache, reads_only=True),
    "end_cache_sessions": _here(_redis, plan=_with_cache),
}
