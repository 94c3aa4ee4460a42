"""One local AWS for all the tests of this folder, with a plain moto server in the place of the data host."""

import contextlib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from local_aws.local import LocalAws
from local_aws.ports import free_port
from tests.local_aws.builders import CLOCK, eventually


@pytest.fixture(scope="session")
def data_host() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def whole_aws(data_host: str) -> Iterator[LocalAws]:
    with LocalAws(data_host=data_host, clock=CLOCK) as aws:
        eventually(lambda: _answers(data_host), within=30)
        yield aws


@pytest.fixture
def aws(whole_aws: LocalAws) -> Iterator[LocalAws]:
    """The local AWS without faults, before and after."""
    whole_aws.set_faults([])
    yield whole_aws
    whole_aws.set_faults([])


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/moto-api/", timeout=1):  # noqa: S310
        return True
    return False
