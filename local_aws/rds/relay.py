"""The network between two regions: a TCP relay with a delay and a cut."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

_CHUNK_BYTES = 65536
_STEP_SECONDS = 0.01
T = TypeVar("T")


class Network:
    """One thread with an event loop in which all relays run."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, T], seconds: float = 10.0) -> T:
        """Run a coroutine in the network's thread and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def close(self) -> None:
        """Stop the thread; open connections end with it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2)


class Relay:
    """Forwards connections on 127.0.0.1 to a target port.

    ``delay`` is the one-way delay in seconds. While ``cut`` nothing gets through in either direction and no connection
    is closed, as when a network breaks: what was under way is delivered when it is mended.
    """

    def __init__(self, network: Network, target_port: int) -> None:
        self.target_port = target_port
        self.delay = 0.0
        self.cut = False
        self._network = network
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = network.call(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop listening and drop all connections."""
        self._network.call(self._close())

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await self._connect(reader, writer)
        finally:
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while self.cut:
            await asyncio.sleep(_STEP_SECONDS)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            return
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            far_writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(under_way, writer))
        try:
            with contextlib.suppress(OSError):
                while chunk := await reader.read(_CHUNK_BYTES):
                    under_way.put_nowait((time.monotonic() + self.delay, chunk))
            under_way.put_nowait((time.monotonic() + self.delay, b""))
            await delivery
        finally:
            delivery.cancel()

    async def _deliver(self, under_way: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, chunk = await under_way.get()
                while self.cut or time.monotonic() < due:
                    await asyncio.sleep(_STEP_SECONDS if self.cut else max(0.0, due - time.monotonic()))
                if not chunk:
                    writer.close()
                    return
                writer.write(chunk)
                await writer.drain()
