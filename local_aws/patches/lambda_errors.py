"""The name of the error a function fails with.

Upstream reports every exception of a Python handler as ``Runtime.HandlerError``. AWS reports the class of the
exception as ``errorType``; Retry and Catch of a state machine match on it. A process that dies is
``Runtime.ExitError`` and a module that cannot be imported ``Runtime.ImportModuleError``.
"""

import threading
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local_aws.patch_context import PatchContext
from local_aws.patches import UpstreamChangedError

_PLAIN = '"error": str(e), "trace": traceback.format_exc()'
_NAMED = '"error": str(e), "error_type": type(e).__name__, "trace": traceback.format_exc()'
_DIED = ("Worker process died", "Worker process exited immediately", "[Errno 32] Broken pipe")
"""The last of them where it died before it knew what to run."""
_IMPORT_FAILED = "Worker init failed: "

REQUIRES = (
    "ministack.core.lambda_runtime:_PYTHON_WORKER_SCRIPT",
    "ministack.core.lambda_runtime:Worker.invoke",
    "ministack.services.lambda_svc:_execute_function_warm",
)

_last = threading.local()


def apply(_world: PatchContext) -> None:
    """Let workers report the class of an exception and hand it on to the caller."""
    script: str = lambda_runtime._PYTHON_WORKER_SCRIPT
    if _PLAIN not in script:
        raise UpstreamChangedError(
            "The local AWS cannot start: function processes no longer report errors as expected."
        )
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_PLAIN, _NAMED)
    _wrap_worker()
    _wrap_execution()


def error_name(message: str, reported: str | None) -> str | None:
    """Return the errorType AWS gives, or None where upstream's own name is right."""
    if message.startswith(_DIED):
        return "Runtime.ExitError"
    if message.startswith(_IMPORT_FAILED):
        return "Runtime.ImportModuleError"
    return reported


def _wrap_worker() -> None:
    invoke = lambda_runtime.Worker.invoke

    def invoke_and_note(self: Any, *args: Any, **kwargs: Any) -> Any:
        response = invoke(self, *args, **kwargs)
        _last.error_type = response.get("error_type")
        _last.trace = response.get("trace")
        return response

    lambda_runtime.Worker.invoke = invoke_and_note


def _wrap_execution() -> None:
    execute = lambda_svc._execute_function_warm

    def execute_and_name(*args: Any, **kwargs: Any) -> Any:
        _last.error_type = _last.trace = None
        result = execute(*args, **kwargs)
        body = result.get("body")
        if not result.get("error") or not isinstance(body, dict):
            return result
        if name := error_name(str(body.get("errorMessage", "")), _last.error_type):
            body["errorType"] = name
        if _last.trace:
            body["stackTrace"] = _last.trace.splitlines()
        return result

    lambda_svc._execute_function_warm = execute_and_name
