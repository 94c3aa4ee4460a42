"""The data host leaves nothing behind, however it ends."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from local_aws.data_plane.host import DataHost
from local_aws.data_plane.processes import ProcessError, wait_until
from local_aws.ports import free_port
from local_aws.rds import binaries
from tests.local_aws.data_plane.data_plane_world import IMAGES, World

ROOT = Path(__file__).resolve().parents[3]
REGION = "eu-west-1"


def given_a_busy_host(host: DataHost) -> list[int]:
    """A database, a task and a load balancer; the pids of everything."""
    world = World(host)
    world.given_database(REGION, "busy", retention=0)
    world.given_app(REGION, "busy", world.database_url(REGION, "busy"), desired=1)
    host.place_balancer(REGION, "127.0.0.1", free_port())
    world.runs(REGION, "busy", 1)
    return host.processes()


def gone(pids: list[int]) -> bool:
    return not [pid for pid in pids if lives(pid)]


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != "zombie"
    except psutil.NoSuchProcess:
        return False


def readable_by_others(base: Path) -> list[str]:
    """Passwords, logs and data; another user may at most pass through a directory, as PostgreSQL's has to."""
    allowed = 0o711 if os.geteuid() == 0 else 0o700
    found = []
    for path in (base, *base.rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # a segment of the log that was just recycled
            mode = path.lstat().st_mode & 0o777
            found += [f"{mode:o} {path}"] if mode & ~(allowed if path.is_dir() else 0o700) else []
    return found


def shared_memory_of(pids: list[int]) -> list[str]:
    """The System V shared memory that these processes created and nobody removed."""
    path = Path("/proc/sysvipc/shm")
    rows = [line.split() for line in path.read_text().splitlines()[1:]] if path.exists() else []
    return [row[1] for row in rows if int(row[4]) in pids]


def test_nothing_is_left_after_stop() -> None:
    host = DataHost(images=IMAGES).start()
    try:
        pids = given_a_busy_host(host)
        directory = psutil.Process(host.processes()[0]).cmdline()
        base = Path(directory[directory.index("--directory") + 1]).parent
        assert readable_by_others(base) == []
        host.freeze_database("busy")  # frozen processes cannot be asked to end
        os.kill(pids[0], signal.SIGTERM)
        wait_until(lambda: gone(pids[1:]), 20, "the end of the children")
    finally:
        host.stop()
    assert len(pids) > 5
    assert gone(pids)
    assert not base.exists()
    assert not shared_memory_of(pids)


def test_nothing_is_left_when_the_host_is_killed() -> None:
    host = DataHost(images=IMAGES).start()
    try:
        pids = given_a_busy_host(host)
        os.kill(pids[0], signal.SIGKILL)
        wait_until(lambda: gone(pids), 20, "the end of the children")
    finally:
        host.stop()
    assert not shared_memory_of(pids)


def test_nothing_is_left_when_the_parent_of_the_host_is_killed() -> None:
    script = (
        "import sys, json, time\n"
        "from local_aws.data_plane.host import DataHost\n"
        "host = DataHost().start()\n"
        "print(json.dumps([host.processes()[0], str(host._run)]), flush=True)\n"
        "time.sleep(60)\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as parent:
        try:
            assert parent.stdout is not None
            pid, run = json.loads(parent.stdout.readline())
        finally:
            parent.kill()
    wait_until(lambda: gone([pid]), 20, "the end of the host")
    assert not Path(run).exists()
    # The log stays for who wonders what happened; the next run sweeps it away, and may have done so already.
    shutil.rmtree(Path(run).parent, ignore_errors=True)


def test_a_directory_with_something_in_it_is_refused_and_kept() -> None:
    with tempfile.TemporaryDirectory() as name:
        precious = Path(name) / "precious"
        precious.write_text("mine")
        command = [sys.executable, "-m", "local_aws.data_plane.serve", "--port", "8080", "--directory", name]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
        assert (ended.returncode, "is not empty" in ended.stderr) == (2, True)
        assert precious.read_text() == "mine"


def test_missing_programs_are_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    binaries.bin_dir.cache_clear()
    monkeypatch.setenv("PGBIN", "/nowhere/bin")
    try:
        with pytest.raises(binaries.BinariesMissing, match="No PostgreSQL program postgres in /nowhere/bin"):
            binaries.bin_dir()
    finally:
        binaries.bin_dir.cache_clear()


def test_a_request_the_host_refuses_is_told_with_its_sentence(world: World) -> None:
    with pytest.raises(ProcessError, match="there is no database nobody"):
        world.host.freeze_database("nobody")
    with pytest.raises(ProcessError, match="is not an address of loopback"):
        world.host.place_balancer(REGION, "10.0.0.1", 80)
