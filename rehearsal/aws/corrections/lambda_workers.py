"""Function processes that end with the local AWS.

Upstream starts a process per function and leaves it to its own when the server is killed. On a laptop nothing may
survive: each worker watches its parent and ends with it. A parent-death signal would not do, because it is tied to
the thread that forked, and upstream forks in threads that live for one invocation.
"""

import os

from ministack.core import lambda_runtime

from rehearsal.aws.world import World

PARENT_VARIABLE = "REHEARSAL_SERVER_PID"

REQUIRES = ("ministack.core.lambda_runtime:_PYTHON_WORKER_SCRIPT", "ministack.core.lambda_runtime:_workers")

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


def apply(_world: World) -> None:
    """Put the watch in front of the worker script."""
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    lambda_runtime._PYTHON_WORKER_SCRIPT = _WATCH + lambda_runtime._PYTHON_WORKER_SCRIPT
