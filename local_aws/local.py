"""The local AWS as a value: start it, talk to it, break it, stop it."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import botocore.config

from local_aws.ports import free_port
from local_aws.run_folders import open_for_owner, run_folder
from local_aws.sessions import make_client
from local_aws.settings import DEFAULT_ACCOUNT, WITHOUT

START_DEADLINE_SECONDS = 60.0
STOP_DEADLINE_SECONDS = 5.0
_ROOT = Path(__file__).resolve().parents[1]


class LocalAwsError(Exception):
    """The local AWS did not start, or refused a request of its own interface; the message says why."""


class LocalAws:
    """The front process on a port of 127.0.0.1 (a free one unless given), in a clean environment.

    ``directory`` receives its log (``aws.log``), the calls (``calls.jsonl``) and everything temporary; without one a
    temporary directory is used and removed. ``clock`` makes AWS's own clocks run faster. ``dns_port`` starts Route 53's
    data plane inside; ``environment`` is added to the clean environment.
    """

    def __init__(
        self,
        *,
        data_host: str | None = None,
        clock: float = 1.0,
        directory: Path | None = None,
        dns_port: int | None = None,
        environment: Mapping[str, str] | None = None,
        port: int | None = None,
        account: str = DEFAULT_ACCOUNT,
    ) -> None:
        self.account = account
        self._data_host = data_host
        self._clock = clock
        self._given_directory = directory
        self._dns_port = dns_port
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._given_port = port
        self._port = port or 0
        self._directory = Path()
        self._clients: dict[tuple[str, str, str], Any] = {}

    @property
    def endpoint(self) -> str:
        """The one endpoint URL."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def directory(self) -> Path:
        """Where log, calls and temporary files are."""
        return self._directory

    @property
    def pid(self) -> int:
        """The process id of the front process."""
        if self._process is None:
            raise LocalAwsError("the local AWS is not running")
        return self._process.pid

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start and wait until it answers; raises LocalAwsError with the end of the log if it does not."""
        self._port = self._given_port or free_port()
        self._directory = self._given_directory or run_folder("local-aws")
        for folder in (self._directory, self._directory / "tmp"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_for_owner(self._directory / "aws.log") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local_aws.serve"],
                cwd=_ROOT,
                env=self._clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the process and its function processes, and remove what was temporary. May be called twice."""
        process, self._process = self._process, None
        self._clients.clear()
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_DEADLINE_SECONDS)
        if self._directory != Path():
            shutil.rmtree(self._directory / "tmp", ignore_errors=True)
            if self._given_directory is None:
                shutil.rmtree(self._directory, ignore_errors=True)

    def client(self, service: str, region: str, app: str = "local-aws") -> Any:
        """Return a boto3 client with the rights of the account, known to the record of calls as ``app``."""
        key = (service, region, app)
        if key not in self._clients:
            config = botocore.config.Config(
                user_agent_appid=app, connect_timeout=5, read_timeout=60, retries={"max_attempts": 2}
            )
            self._clients[key] = make_client(service, region, self.endpoint, config, self.account)
        return self._clients[key]

    def set_faults(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Put these faults in force instead of all others; raises LocalAwsError for a rule that cannot be meant."""
        self._own("PUT", "faults", [dict(rule) for rule in rules])

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults in force."""
        answer: list[dict[str, Any]] = self._own("GET", "faults")
        return answer

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls so far, the oldest first; one that waits for its answer has ``ms`` None."""
        answer: list[dict[str, Any]] = self._own("GET", "calls")
        return answer

    def clear_calls(self) -> None:
        """Forget the calls so far; the file keeps them."""
        self._own("DELETE", "calls")

    def log(self) -> str:
        """Return what the process has written."""
        path = self._directory / "aws.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _clean_environment(self) -> dict[str, str]:
        # Nothing of the caller's environment: function processes inherit it and would use what AWS does not give them.
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self._directory),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self._directory / "tmp"),
            "LOG_LEVEL": "WARNING",
            "GATEWAY_PORT": str(self._port),
            "AWS_ENDPOINT_URL": self.endpoint,
            "MINISTACK_ACCOUNT_ID": self.account,
            "LOCAL_AWS_CLOCK": str(self._clock),
            "LOCAL_AWS_CALLS_FILE": str(self._directory / "calls.jsonl"),
            "LOCAL_AWS_PARENT_PID": str(os.getpid()),
        }
        if self._data_host:
            environment["LOCAL_AWS_DATA_HOST"] = self._data_host
        if self._dns_port is not None:
            environment["LOCAL_AWS_DNS_PORT"] = str(self._dns_port)
        if left_out := os.environ.get(WITHOUT):
            environment[WITHOUT] = left_out
        return {**environment, **self._environment}

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                if self._request("GET", "/_gateway/faults", b"")[0] == HTTPStatus.OK:
                    return
            time.sleep(0.05)
        raise LocalAwsError(f"the local AWS did not start: {self.log()[-2000:].strip()}")

    def _own(self, method: str, path: str, value: object = None) -> Any:
        status, body = self._request(method, f"/_gateway/{path}", json.dumps(value).encode())
        answer = json.loads(body)
        if status != HTTPStatus.OK:
            raise LocalAwsError(answer.get("error", f"the gateway answered {status}"))
        return answer

    def _request(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        connection = HTTPConnection(urllib.parse.urlsplit(self.endpoint).netloc, timeout=10)
        try:
            connection.request(method, path, body=body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
