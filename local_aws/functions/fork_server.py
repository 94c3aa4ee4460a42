"""One process that has the functions' libraries loaded; function processes are forked from it.

A hundred functions import the same libraries, which takes a quarter of a second each. Forked, a function begins where
the imports of what all of them share would have ended; its own code it imports itself, from its own files.

The forked process becomes a child of the requesting process (a subreaper), as if that had started it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

LIBRARIES = ("boto3", "boto3.dynamodb.types", "aws_lambda_powertools", "msgspec", "psycopg")
"""What the layer brings besides our own code: the same versions, here from the local environment."""

_LONGEST_ORDER = 1 << 20
_PR_SET_CHILD_SUBREAPER = 36
_ANSWER_SECONDS = 30.0
_END_SECONDS = 2.0


class ForkServer:
    """Starts processes; made in the process whose children they become."""

    def __init__(self) -> None:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        self._lock = threading.Lock()
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._here.settimeout(_ANSWER_SECONDS)
        command = [sys.executable, __file__, str(there.fileno())]
        # A function sees nothing of the local AWS, and so this process does not either.
        seen = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        # It ends when our end of the socket is closed, and that is when we end, however that is.
        self._process = subprocess.Popen(command, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL, env=seen)
        there.close()

    def start(self, script: str, directory: str, environment: dict[str, str], files: tuple[int, int, int]) -> int:
        """Run a script as its own process with these three standard files; its process id. Raises OSError."""
        order = json.dumps({"script": script, "directory": directory, "environment": environment})
        with self._lock:
            socket.send_fds(self._here, [order.encode()], list(files))
            answer = self._here.recv(64)
        if not answer:
            raise ChildProcessError("the process that function processes are forked from has ended")
        return int(answer)

    def close(self) -> None:
        """End it; what it has started goes on. Lasts two seconds at most."""
        self._here.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def main() -> None:
    """Load, then fork at each request until the requesting process is gone."""
    wire = socket.socket(fileno=int(sys.argv[1]))
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    while True:
        order, files, _, _ = socket.recv_fds(wire, _LONGEST_ORDER, 3)
        if not order:
            os._exit(0)
        wire.send(str(_fork_twice(json.loads(order), files, wire)).encode())
        for file in files:
            os.close(file)


def _fork_twice(order: dict[str, Any], files: list[int], wire: socket.socket) -> int:
    """The one in the middle ends at once, so that the process gets another parent: the subreaper."""
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        middle = os.getpid()
        process = os.fork()
        if process:
            os.write(writing, str(process).encode())
            os._exit(0)
        wire.close()
        os.close(reading)
        os.close(writing)
        _become(order, files, middle)
    os.close(writing)
    os.waitpid(middle, 0)
    with open(reading, "rb") as pipe:
        return int(pipe.read())


def _become(order: dict[str, Any], files: list[int], middle: int) -> None:
    while os.getppid() == middle:
        time.sleep(0.001)
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number, file in enumerate(files):
            os.dup2(file, number)
        for file in files:
            os.close(file)
        sys.stdin, sys.stdout, sys.stderr = (open(number, mode) for number, mode in enumerate("rww"))  # noqa: SIM115
        os.chdir(order["directory"])
        os.environ.clear()
        os.environ.update(order["environment"])
        script = order["script"]
        sys.argv, sys.path[0] = [script], os.path.dirname(script)
        with open(script, "rb") as source:
            program = compile(source.read(), script, "exec")
        exec(program, {"__name__": "__main__", "__file__": script})  # noqa: S102 - it is what was asked for
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
