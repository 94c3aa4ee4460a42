"""The front process starts cleanly, refuses what it cannot patch, and leaves nothing behind."""

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local_aws import patches
from local_aws.local import LocalAws, LocalAwsError
from tests.local_aws.builders import WEST, eventually, given_function, invoke, workers

OUTLIVED = """
import sys, time
from pathlib import Path
from local_aws.local import LocalAws
aws = LocalAws(directory=Path(sys.argv[1])).start()
sys.stdout.write(str(aws.pid) + "\\n")
sys.stdout.flush()
time.sleep(60)
"""


def _lives(process: psutil.Process) -> bool:
    """Whether it runs; one that has ended and that nobody has asked about does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def exposed(folder: Path) -> list[str]:
    """What others than the owner may read, write or enter; what lies in a folder they may not enter is safe."""
    found = []
    for path in folder.iterdir():
        if path.lstat().st_mode & 0o077:
            found += [str(path), *(exposed(path) if path.is_dir() else [])]
    return found


def test_what_a_run_writes_is_in_its_own_folder_and_its_owners_alone(tmp_path: Path) -> None:
    """Also where everything else is open to all: keys, code, calls, and what the emulator keeps in files."""
    tmp_path.chmod(0o755)
    umask = os.umask(0)
    try:
        with LocalAws(directory=tmp_path / "run") as aws:
            invoke(aws, given_function(aws, WEST, "def handler(e, c): return 1"))
            aws.client("s3", WEST).create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": WEST})
            aws.client("s3", WEST).put_object(Bucket="kept", Key="secret", Body=b"secret")
            environment = psutil.Process(aws.pid).environ()
            assert environment["HOME"] == str(tmp_path / "run")
            assert list((tmp_path / "run" / "tmp").rglob("*")), "it does write files"
            assert exposed(tmp_path / "run") == exposed(tmp_path) == []
            assert _open_elsewhere(aws.pid, tmp_path) == []
        assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["aws.log", "calls.jsonl"]
    finally:
        os.umask(umask)


def _open_elsewhere(pid: int, folder: Path) -> list[str]:
    """Files that the process has open for writing outside of the folder."""
    files = psutil.Process(pid).open_files()
    return [file.path for file in files if file.mode != "r" and not Path(file.path).is_relative_to(folder)]


def test_the_emulator_keeps_its_state_in_the_runs_own_folder(tmp_path: Path) -> None:
    asked = "import ministack.core.persistence as kept, ministack.services.s3 as s3; print(kept.STATE_DIR, s3.DATA_DIR)"
    script = f"import os, local_aws.serve as serve\nserve._serve = lambda: exec({asked!r}) or 0\nserve.main()"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3]), "TMPDIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert [Path(name).is_relative_to(tmp_path) for name in run.stdout.split()] == [True, True]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_after_stop(tmp_path: Path) -> None:
    aws = LocalAws(directory=tmp_path).start()
    try:
        invoke(aws, given_function(aws, WEST, "def handler(e, c): return 1"))
        family = [psutil.Process(aws.pid), *psutil.Process(aws.pid).children(recursive=True)]
        assert len(family) == 3, "itself, the one functions are forked from, and a function"
    finally:
        aws.stop()
    assert not [process for process in family if _lives(process)]
    assert exposed(tmp_path) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aws.log", "calls.jsonl"]


def test_the_process_and_its_functions_end_with_their_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", OUTLIVED, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    assert parent.stdout is not None
    try:
        orphan = psutil.Process(int(parent.stdout.readline()))
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    assert eventually(lambda: not _lives(orphan), within=20)
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("seconds", [0, 60], ids=["idle", "busy"])
def test_a_function_process_ends_with_a_killed_server(tmp_path: Path, seconds: int) -> None:
    with LocalAws(directory=tmp_path / "aws") as aws:
        sign = tmp_path / "runs"
        code = (
            f"import pathlib, time\ndef handler(e, c):\n  pathlib.Path({str(sign)!r}).touch()\n  time.sleep({seconds})"
        )
        function = given_function(aws, WEST, code, Timeout=90)
        aws.client("lambda", WEST).invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")
        assert eventually(sign.exists, within=20)
        (worker,) = workers(aws, function)
        children = psutil.Process(aws.pid).children()
        assert worker in [child.pid for child in children]
        os.kill(aws.pid, signal.SIGKILL)
        assert eventually(lambda: not any(_lives(child) for child in children), within=20)


def test_an_emulator_that_has_changed_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from local_aws.patches import retry_delay

    monkeypatch.setattr(retry_delay, "REQUIRES", ("ministack.services.stepfunctions:_gone",))
    with pytest.raises(patches.UpstreamChangedError) as refused:
        patches.check()
    assert str(refused.value) == (
        "The local AWS cannot start: the patch 'retry_delay' needs ministack.services.stepfunctions:_gone,"
        " which this version of the emulator does not have."
    )


def test_a_nonsensical_clock_is_refused() -> None:
    with pytest.raises(LocalAwsError, match=r"LOCAL_AWS_CLOCK is '0'; write a number from 0.001 to 100000"):
        LocalAws(clock=0).start()


@pytest.mark.parametrize("name", patches.NAMES)
def test_every_patch_says_what_it_patches_and_what_it_relies_on(name: str) -> None:
    module = importlib.import_module(f"local_aws.patches.{name}")
    assert "AWS" in (module.__doc__ or "") or "Upstream" in (module.__doc__ or "")
    assert module.REQUIRES
