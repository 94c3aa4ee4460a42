"""Start the data host: ``python -m local_aws.data_plane.serve --port N --directory D``.

The directory must be new or empty; it is removed at the end. SIGTERM and SIGINT stop everything within three seconds.
"""

import argparse
import json
import logging
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from local_aws.numbers import argument, port, seconds
from local_aws.rds.binaries import BinariesMissing, bin_dir, let_pass, reachable
from local_aws.rds.statuses import Phases
from local_aws.run_folders import OWNER_ONLY
from local_aws.upstream import UpstreamChangedError

_LONGEST_END_SECONDS = 2.8


def main() -> int:
    """Serve until stopped; 2 and a sentence when it cannot start."""
    arguments = _arguments()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.umask(OWNER_ONLY)
    directory: Path = arguments.directory.resolve()
    try:
        bin_dir()
        _prepare(directory)
    except (BinariesMissing, OSError) as error:
        sys.stderr.write(f"The data host cannot start: {error}\n")
        return 2
    # moto reads the account while it is imported, and so it is imported only now.
    os.environ["MOTO_ACCOUNT_ID"] = arguments.account
    from local_aws.data_plane import moto_patches

    try:
        moto_patches.check()
    except UpstreamChangedError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    stop = _stop_event(arguments.until_stdin_closes)
    try:
        _serve(directory, arguments, stop)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def _serve(directory: Path, arguments: argparse.Namespace, stop: threading.Event) -> None:
    from local_aws.data_plane import api
    from local_aws.data_plane.backends import Backends

    backends = Backends.open(directory, arguments.account, Phases(arguments.least_phase_seconds), arguments.images)
    try:
        api.attach(backends)
        server = api.serve(backends, arguments.port)
        threading.Thread(target=server.serve_forever, name="api", daemon=True).start()
        stop.wait()
    finally:
        # Whatever hangs, it does not outlive this process: its end is the children's end.
        giving_up = threading.Timer(_LONGEST_END_SECONDS, os._exit, (1,))
        giving_up.daemon = True
        giving_up.start()
        backends.close()
        giving_up.cancel()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_aws.data_plane.serve", description=__doc__)
    parser.add_argument("--port", type=argument(port), required=True)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--account", default="000000000000", help="the one account there is")
    parser.add_argument(
        "--least-phase-seconds", type=argument(seconds), default=0.25, help="how long a status shows at least"
    )
    parser.add_argument("--images", type=json.loads, default={}, help="JSON: commands of tasks by image repository")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input is closed")
    return parser.parse_args()


def _prepare(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty; name a new directory, it is removed at the end")
    let_pass(directory)
    if not reachable(directory):
        raise PermissionError(f"user nobody, as whom PostgreSQL runs for root, cannot reach {directory}")


def _stop_event(until_stdin_closes: bool) -> threading.Event:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    if until_stdin_closes:
        # A parent that dies closes the pipe. Its death signal would come too early: with the thread that started us.
        threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
    return stop


def _stop_at_end_of_input(stop: threading.Event) -> None:
    # Not through sys.stdin: a thread that reads it makes the interpreter abort when it ends.
    while os.read(0, 4096):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
