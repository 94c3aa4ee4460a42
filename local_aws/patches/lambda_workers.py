"""Function processes that end with the local AWS, and begin without delay.

Upstream starts a process per function and leaves it to its own when the server is killed. On a laptop nothing may
survive: each worker watches its parent and ends with it. A parent-death signal would not do, because it is tied to
the thread that forked, and upstream forks in threads that live for one invocation.

Upstream also unpacks code and layers anew for each process, which compiles and imports everything anew. Here what has
the same content is unpacked once, and processes are forked from one that has the libraries loaded.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

from local_aws.functions.fork_server import ForkServer
from local_aws.patch_context import PatchContext

PARENT_VARIABLE = "LOCAL_AWS_SERVER_PID"

REQUIRES = (
    "ministack.core.lambda_runtime:_PYTHON_WORKER_SCRIPT",
    "ministack.core.lambda_runtime:_workers",
    "ministack.core.lambda_runtime:subprocess.Popen",
    "ministack.core.lambda_runtime:zipfile.ZipFile",
    "subprocess:Popen._execute_child",
    "subprocess:Popen._close_pipe_fds",
)

_WATCH = f"""
def _watch_parent():
    import os, threading, time
    parent = int(os.environ.pop("{PARENT_VARIABLE}", "0"))
    def watch():
        while os.getppid() == parent:
            time.sleep(0.25)
        os._exit(1)
    if parent:
        threading.Thread(target=watch, daemon=True).start()
_watch_parent()
"""
_SCRIPT = "_worker.py"
_closing: list[Callable[[], None]] = []


class _Instead:
    """A module as upstream sees it: everything as it is, but for one class."""

    def __init__(self, module: Any, **replaced: Any) -> None:
        self._module = module
        vars(self).update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


class _Unpacked(zipfile.ZipFile):
    """Unpacked once for each content; later requests get links to it, already compiled."""

    _lock = threading.Lock()

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """Nothing is written through the links: code of a function is read-only on AWS, too."""
        if members is not None or pwd is not None or not isinstance(self.filename, str):
            super().extractall(path, members, pwd)
            return
        digest = hashlib.sha256(Path(self.filename).read_bytes()).hexdigest()
        kept = Path(tempfile.gettempdir()) / "unpacked" / digest
        with self._lock:
            if not kept.exists():
                half = Path(tempfile.mkdtemp())
                super().extractall(half)
                kept.parent.mkdir(exist_ok=True)
                half.rename(kept)
        for entry in kept.iterdir():
            (Path(path) / entry.name).symlink_to(entry)


def apply(_world: PatchContext) -> None:
    """Put the watch in front of the worker script; unpack once; fork where processes can be handed on."""
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    lambda_runtime._PYTHON_WORKER_SCRIPT = _WATCH + lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime.zipfile = _Instead(zipfile, ZipFile=_Unpacked)
    if sys.platform.startswith("linux"):
        fork_server = ForkServer()
        _closing.append(fork_server.close)
        lambda_runtime.subprocess = _Instead(subprocess, Popen=_forked_from(fork_server))


def close() -> None:
    """End the process functions are forked from."""
    while _closing:
        _closing.pop()()


def _forked_from(fork_server: ForkServer) -> type[Any]:
    class Forked(subprocess.Popen[str]):
        """A child of ours like any other, which never began with an empty interpreter."""

        def _execute_child(self, args: Any, *more: Any) -> None:
            if not (isinstance(args, list) and len(args) == 2 and str(args[1]).endswith(_SCRIPT)):
                super()._execute_child(args, *more)  # type: ignore[misc]
                return
            # CPython 3.11 to 3.14: executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo,
            # creationflags, shell, and then the six ends of the pipes.
            directory, environment, pipes = more[4], more[5], more[9:15]
            self.pid = fork_server.start(
                str(args[1]), str(directory), dict(environment), (pipes[0], pipes[3], pipes[5])
            )
            self._child_created = True
            self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]

    return Forked
