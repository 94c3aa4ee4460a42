"""Serve the local AWS: ``python -m local_aws.serve``.

Everything is configured by the environment (see ``local_aws.settings``); ``local_aws.local`` sets it. The
process ends on SIGTERM or SIGINT, or when its parent is gone, and takes the function processes with it.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from local_aws.run_folders import OWNER_ONLY

BIND_HOST = "127.0.0.1"
EXIT_UNUSABLE = 3

# Read by the emulator while it is imported. Docker is kept away from: nothing here runs in containers.
_ENVIRONMENT = {
    "AUTH": "true",
    "BIND_HOST": BIND_HOST,
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "LAMBDA_EXECUTOR": "local",
    "DOCKER_HOST": "unix:///nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def main() -> int:
    """Start, serve until stopped, clean up. Returns the exit status."""
    _read_arguments()
    os.umask(OWNER_ONLY)
    os.environ.update(_ENVIRONMENT)
    scratch = Path(tempfile.mkdtemp(prefix="local-aws-"))
    tempfile.tempdir = os.environ["TMPDIR"] = str(scratch)
    # By default the emulator makes these in /tmp, for all runs and for everybody.
    os.environ.update(STATE_DIR=str(scratch / "state"), S3_DATA_DIR=str(scratch / "s3"))
    try:
        return _serve()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _read_arguments() -> None:
    parser = argparse.ArgumentParser(description="Serve the local AWS.")
    parser.add_argument("--port", help="port of the endpoint (GATEWAY_PORT)")
    parser.add_argument("--data-host", help="address of the data host (LOCAL_AWS_DATA_HOST)")
    parser.add_argument("--clock", help="how many times faster AWS's clocks run (LOCAL_AWS_CLOCK)")
    given = parser.parse_args()
    names = {"port": "GATEWAY_PORT", "data_host": "LOCAL_AWS_DATA_HOST", "clock": "LOCAL_AWS_CLOCK"}
    os.environ.update({variable: getattr(given, name) for name, variable in names.items() if getattr(given, name)})
    os.environ.setdefault("GATEWAY_PORT", "4566")
    os.environ.setdefault("AWS_ENDPOINT_URL", f"http://{BIND_HOST}:{os.environ['GATEWAY_PORT']}")


def _serve() -> int:
    # The emulator reads the environment while it is imported, so nothing of it may be imported before.
    from ministack import app as emulator
    from ministack.core import lambda_runtime

    from local_aws import patches
    from local_aws.gateway import faults
    from local_aws.gateway.app import Gateway
    from local_aws.gateway.call_log import Journal
    from local_aws.gateway.data_plane import DataHostClient
    from local_aws.patch_context import PatchContext
    from local_aws.patches import dead_region, lambda_workers
    from local_aws.settings import Settings

    try:
        settings = Settings.from_env()
    except ValueError as error:
        sys.stderr.write(f"The local AWS cannot start: {error}\n")
        return EXIT_UNUSABLE
    host = DataHostClient(settings.data_host, settings.account) if settings.data_host else None
    try:
        patches.check()
        patches.apply_all(PatchContext(settings, faults.table, host))
    except patches.UpstreamChangedError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_UNUSABLE
    journal = Journal(settings.calls_file)
    gateway = Gateway(
        emulator.app,
        faults.table,
        journal,
        on_faults=lambda: dead_region.kill_workers_of_dead_regions(faults.table),
        kill_caller=dead_region.kill_worker_at,
    )
    try:
        asyncio.run(_listen(gateway, settings))
    finally:
        lambda_runtime.reset()
        lambda_workers.close()
        journal.close()
    return 0


async def _listen(application: Any, settings: Any) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"{BIND_HOST}:{settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.2
    config.accesslog = None
    config.loglevel = "WARNING"
    ending = _ending(settings.parent)
    dns = _start_dns(settings)
    try:
        await serve(application, config, shutdown_trigger=ending.wait)
    finally:
        if dns is not None:
            dns.stop()


def _ending(parent: int | None) -> asyncio.Event:
    """Return the event that is set when this process has to end."""
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    if parent is not None:
        threading.Thread(target=_watch, args=(parent, loop, ending), daemon=True, name="parent-watch").start()
    return ending


def _watch(parent: int, loop: asyncio.AbstractEventLoop, ending: asyncio.Event) -> None:
    while os.getppid() == parent:
        time.sleep(0.25)
    with contextlib.suppress(RuntimeError):  # the loop may have ended by itself
        loop.call_soon_threadsafe(ending.set)


def _start_dns(settings: Any) -> Any:
    """Start Route 53's data service inside this process, if a port for it is given."""
    if settings.dns_port is None:
        return None
    from local_aws.gateway import faults
    from local_aws.route53 import dns_service

    return dns_service.start(settings.clock, settings.dns_port, is_dead=faults.is_dead)


if __name__ == "__main__":
    status = main()
    # Threads of the emulator may still wait for something that will never come; they must not hold the process.
    sys.stderr.flush()
    os._exit(status)
