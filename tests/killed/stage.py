"""The stage of one play: both regions, a clock, the functions, databases and endpoints a step asks."""

from __future__ import annotations

import io
import json
import re
import secrets
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pg8000.exceptions
import pg8000.native
import pytest
from moto.core.base_backend import BackendDict

from lyo_dr.adapters import clock, dns, environment, http
from lyo_dr.model.plan import Plan
from lyo_dr.steps.communications import send_messages
from tests.killed.calls import Disturbance, Disturbed
from tests.killed.secrets import Secrets
from tests.killed.services import Services
from tests.unit.aws import World, install
from tests.unit.builders import NOON

_TICK = timedelta(milliseconds=1)
_BETWEEN = timedelta(seconds=15)
_MINUTES = 5
"""What is still waiting after so long is compared as it is."""
READY = {"database": "read_write", "epoch": 1}


class Stage:
    """What a case builds its world with, and what the step under test then meets."""

    def __init__(self, plan: Plan, patch: pytest.MonkeyPatch, region: str, disturbance: Disturbance | None) -> None:
        self.plan, self.patch = plan, patch
        self.calls = Disturbed(disturbance)
        self.now = NOON
        self._others = set(threading.enumerate()) - {threading.current_thread()}
        self._really_sleep = time.sleep
        self.functions: dict[str, Callable[[dict[str, Any]], Any]] = {}
        """What the functions inside the VPC answer, by the end of their names."""
        self.sql: Callable[[str, dict[str, Any]], Any] = _no_sql
        """What the database answers to a statement."""
        self.http: Callable[[str], tuple[int, Any]] = lambda _url: (200, {**READY, "region": region})
        self.dns: Callable[[str], list[str]] = lambda _name: ["192.0.2.1"]
        self.kept: dict[str, Any] = {}
        """What the case wants compared in the end, and is no state of AWS."""
        self.asked_in = region
        """The region of the function that is asked right now."""
        self._drawn = 0
        self._publish(plan)
        patch.setenv("AWS_REGION", region)
        install(self.calls, patch)
        self._set_up()
        self.world = World(plan, self.calls)
        self.calls.invoked = self._invoke
        self.services, self.secrets = Services.of(plan), Secrets()
        self.calls.services = {
            "secretsmanager": self.secrets.answer,
            "ecs": self.services.ecs,
            "application-autoscaling": self.services.autoscaling,
            "sns": self.services.topics,
            "stepfunctions": self.services.executions,
            "sfn": self.services.executions,
            "cloudwatch": lambda _region, _operation, _asked: {},
        }

    @contextmanager
    def in_region(self, region: str) -> Iterator[None]:
        """What happened in a region before."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_REGION", region)
            yield

    def later(self, span: timedelta = _BETWEEN) -> None:
        """Time passes."""
        self.now += span

    def moment(self) -> datetime:
        """Now, and a tick later: no two calls happen at the same time."""
        if not self._asked_by_another():
            self.now += _TICK
        return self.now

    def sleep(self, seconds: float) -> None:
        """In the place of ``time.sleep``: time passes on the stage at once.

        A thread that an earlier test has left in this process polls on; were it to move this clock, leases would
        expire that nobody has held for long.
        """
        if self._asked_by_another():
            self._really_sleep(seconds)
        else:
            self.later(timedelta(seconds=seconds))

    def _asked_by_another(self) -> bool:
        return threading.current_thread() in self._others

    def _publish(self, plan: Plan) -> None:
        module = types.ModuleType("lyo_dr_plan")
        module.PLAN = plan.to_json()  # type: ignore[attr-defined]
        self.patch.setitem(sys.modules, "lyo_dr_plan", module)
        environment.plan.cache_clear()

    def _set_up(self) -> None:
        self.patch.setattr(clock, "now", self.moment)
        self.patch.setattr(clock, "monotonic", lambda: (self.moment() - NOON).total_seconds())
        self.patch.setattr(http, "monotonic", lambda: (self.moment() - NOON).total_seconds())
        self.patch.setattr(time, "sleep", self.sleep)
        self.patch.setattr(http, "_ask", self._ask)
        self.patch.setattr(dns, "resolve", lambda name, _resolvers, _seconds: self.dns(name))
        self.patch.setattr(secrets, "token_urlsafe", self._draw)
        self.patch.setattr(pg8000.native, "Connection", lambda user, **login: Connection(self, user, login))

    def _draw(self, _length: int = 32) -> str:
        self._drawn += 1
        return f"drawn-at-random-{self._drawn}"

    def _ask(self, parts: Any, _address: Any, _deadline: float, method: str = "GET", _more: Any = None) -> Any:
        def answer() -> tuple[int, bytes]:
            status, body = self.http(parts.geturl())
            return status, json.dumps(body).encode()

        return self.calls.made_one(f"http:{method} {parts.netloc}", {}, answer, busy=ConnectionResetError())

    def _invoke(self, function: str, asked: dict[str, Any], region: str) -> Any:
        self.asked_in = region
        if asked.get("InvocationType") == "Event":
            self._woken(region, json.loads(asked["Payload"]))
            return {"StatusCode": 202}
        known = next((name for name in self.functions if function.endswith(name)), None)
        assert known is not None, f"no case plays the function {function}: add it to stage.functions"
        with self.world.elsewhere():
            answer = self.functions[known](json.loads(asked["Payload"]))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer, default=str).encode())}

    def send_messages(self) -> None:
        """What the schedule of the sender does each minute, in both regions, until nothing waits."""
        for _ in range(_MINUTES):
            if not any(pk == "OUTBOX" for found in self.calls.tables.items.values() for pk, _ in found):
                return
            self.later(timedelta(minutes=1))
            for region in self.plan.regions.pair:
                self._woken(region, {})

    def _woken(self, region: str, event: dict[str, Any]) -> None:
        """The sender is a function of its own: none of its calls is one of the step under test."""
        with self.world.elsewhere(), self.in_region(region):
            send_messages.handler(event)


class Connection:
    """One connection to the database of the case: every statement is a call."""

    def __init__(self, stage: Stage, user: str, login: dict[str, Any]) -> None:
        self._stage, self._login = stage, {**login, "user": user}
        self._made("connect", lambda: stage.sql("connect", self._login))

    def run(self, sql: str, **values: Any) -> Any:
        """In the place of the driver's. Raises what a connection that breaks raises."""
        statement = " ".join(sql.split())
        kind = "write" if _writes(statement) else "read"
        return self._made(f"{kind} {statement[:60]}", lambda: self._stage.sql(statement, values))

    def close(self) -> None:
        """Nothing is held."""

    def _made(self, what: str, carry_out: Callable[[], Any]) -> Any:
        broken = pg8000.exceptions.InterfaceError("network error")
        return self._stage.calls.made_one(f"sql:{what}", {}, carry_out, busy=broken, silence=broken)


_WRITING = ("insert", "update", "delete", "alter", "grant", "revoke", "create", "drop", "commit")
_CALLED = re.compile(r"lyo_dr\.\w+\(|pg_terminate_backend|pg_wal_replay_(pause|resume)\(")


def _writes(statement: str) -> bool:
    return statement.lower().startswith(_WRITING) or _CALLED.search(statement) is not None


def _no_sql(statement: str, _values: dict[str, Any]) -> Any:
    raise AssertionError(f"no case plays the database: set stage.sql, asked was {statement}")


@contextmanager
def staged(plan: Plan, region: str, disturbance: Disturbance | None) -> Iterator[Stage]:
    """A stage that leaves nothing behind. Only within ``mocked``."""
    BackendDict.reset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", "123456789012")
        try:
            yield Stage(plan, patch, region, disturbance)
        finally:
            environment.plan.cache_clear()
