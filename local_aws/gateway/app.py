"""The gateway: everything that reaches the local AWS passes here, is recorded, and can be broken.

It is an ASGI application around another one. Besides AWS it answers ``/_gateway/faults`` (GET, PUT),
``/_gateway/calls`` (GET, DELETE) and ``/_gateway/ping/{region}``, a witness for observers. It is silent while the
region is dead, and while a fault swallows calls of service ``witness`` there: then the way to it is cut.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict
from typing import Any

from local_aws.gateway.call_log import Entry, Journal, current_entry
from local_aws.gateway.error_replies import Reply, fault_reply
from local_aws.gateway.faults import FaultRule, FaultTable, InvalidFaultError
from local_aws.gateway.request import Call, current_body, current_call, identify

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_OWN = "/_gateway/"
_LOOK_SECONDS = 0.02


class Gateway:
    """Records and breaks calls on their way to ``inner``.

    ``on_faults`` is called after the faults have changed; ``kill_caller`` with the client's port when the function
    behind it must crash.
    """

    def __init__(
        self,
        inner: Application,
        faults: FaultTable,
        journal: Journal,
        on_faults: Callable[[], None],
        kill_caller: Callable[[int], None],
    ) -> None:
        self._inner = inner
        self._faults = faults
        self._journal = journal
        self._on_faults = on_faults
        self._kill_caller = kill_caller

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return
        if scope["path"].startswith(_OWN):
            await self._own(scope, body, receive, send)
            return
        await self._call(scope, body, receive, send)

    async def _call(self, scope: MutableMapping[str, Any], body: bytes, receive: Receive, send: Send) -> None:
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        call = identify(scope["method"], scope["path"], scope["query_string"].decode(), headers, body)
        current_call.set(call)
        current_body.set(body)
        entry = self._journal.begin(call)
        current_entry.set(entry)
        try:
            rule = self._faults.match(call)
            entry.fault = rule.kind if rule else ""
            if rule is not None and rule.kind == "hold":
                await self._held(rule)
            if rule is None or rule.kind in ("latency", "hold"):
                await asyncio.sleep(rule.ms / 1000 if rule else 0)
                await self._carry_out(scope, body, entry, receive, send)
            else:
                await self._break(rule, scope, headers, body, entry, receive, send)
        finally:
            self._journal.finish(entry)

    async def _held(self, rule: FaultRule) -> None:
        while rule in self._faults.rules:
            await asyncio.sleep(_LOOK_SECONDS)

    async def _break(
        self,
        rule: FaultRule,
        scope: MutableMapping[str, Any],
        headers: dict[str, str],
        body: bytes,
        entry: Entry,
        receive: Receive,
        send: Send,
    ) -> None:
        if rule.kind == "blackhole":
            await _silence(receive)
        elif rule.kind == "crash_after":
            await self._inner(scope, _replay(body, receive), _nowhere)
            self._kill_caller(scope["client"][1])
            await _silence(receive)
        else:
            reply = fault_reply(entry.call, headers, rule.kind)
            entry.status = reply.status
            await _answer(send, reply)

    async def _carry_out(
        self, scope: MutableMapping[str, Any], body: bytes, entry: Entry, receive: Receive, send: Send
    ) -> None:
        lost = False

        async def watched(message: Message) -> None:
            nonlocal lost
            if message["type"] == "http.response.start":
                # The region may have died while the call was under way: then its answer never arrives.
                lost = self._faults.is_dead(entry.call.region)
                entry.status, entry.fault = (0, "blackhole") if lost else (message["status"], entry.fault)
            if not lost:
                await send(message)

        await self._inner(scope, _replay(body, receive), watched)
        if lost:
            await _silence(receive)

    async def _own(self, scope: MutableMapping[str, Any], body: bytes, receive: Receive, send: Send) -> None:
        path, method = scope["path"].removeprefix(_OWN), scope["method"]
        if path.startswith("ping/"):
            await self._ping(path.removeprefix("ping/"), receive, send)
        elif path == "faults":
            await _answer(send, self._put_faults(body) if method == "PUT" else self._show_faults())
        elif path == "calls":
            calls = self._journal.calls()
            if method == "DELETE":
                self._journal.clear()
            await _answer(send, _json(200, calls))
        else:
            await _answer(send, _json(404, {"error": f"the gateway has no {path}"}))

    async def _ping(self, region: str, receive: Receive, send: Send) -> None:
        rule = self._faults.match(Call(service="witness", region=region, op="Ping"))
        if self._faults.is_dead(region) or (rule is not None and rule.kind == "blackhole"):
            await _silence(receive)
        else:
            await _answer(send, Reply(200, {"content-type": "text/plain"}, b"pong"))

    def _put_faults(self, body: bytes) -> Reply:
        try:
            rules = [FaultRule.from_mapping(given) for given in json.loads(body)]
        except (InvalidFaultError, ValueError, TypeError) as error:
            return _json(400, {"error": str(error)})
        self._faults.replace(rules)
        self._on_faults()
        return self._show_faults()

    def _show_faults(self) -> Reply:
        return _json(200, [asdict(rule) for rule in self._faults.rules])


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body, or None when the client has gone."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    delivered = False

    async def replayed() -> Message:
        nonlocal delivered
        if not delivered:
            delivered = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed


async def _silence(receive: Receive) -> None:
    """Answer nothing until the client gives up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _nowhere(_message: Message) -> None:
    """Drop an answer."""


async def _answer(send: Send, reply: Reply) -> None:
    headers = [(key.encode(), value.encode()) for key, value in reply.headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _json(status: int, value: object) -> Reply:
    return Reply(status, {"content-type": "application/json"}, json.dumps(value).encode())
