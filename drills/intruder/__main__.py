"""``python -m drills.intruder``: reads users from the database and requests the service, until stopped.

The login comes through standard input, and is written nowhere: not into the arguments, not into the record. Ends when
standard input is closed.
"""

import argparse
import http.client
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from local_aws.numbers import argument, port

_EVERY, _SECONDS = 0.2, 2.0


class Thief:
    """One session that reads as long as it is let; thrown out, it tries to log in again."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection[tuple[int]] | None = None

    def read(self) -> str:
        """``rows`` when something was read, else why not: class and SQLSTATE only."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(self._dsn, connect_timeout=2, autocommit=True)
            self._connection.execute("select count(*) from lyo_appointments").fetchone()
        except psycopg.OperationalError as refusal:
            again = self._connection is not None
            self._connection = None
            return f"thrown out ({type(refusal).__name__})" if again else f"refused ({type(refusal).__name__})"
        return "rows"


def knock(own: str, front: str, port: int) -> str:
    """The status the front door answers to a visitor from this address."""
    door = http.client.HTTPConnection(front, port, timeout=_SECONDS, source_address=(own, 0))
    try:
        door.request("GET", "/health")
        return str(door.getresponse().status)
    except (OSError, http.client.HTTPException) as silence:
        return type(silence).__name__
    finally:
        door.close()


def main() -> None:
    """Both at once, several times a second."""
    parser = argparse.ArgumentParser(prog="drills.intruder", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--address", required=True, help="where the intruder comes from")
    parser.add_argument("--front", required=True, help="address of the load balancer")
    parser.add_argument("--port", type=argument(port), required=True)
    given = parser.parse_args()
    thief, stopped = Thief(sys.stdin.readline().strip()), threading.Event()
    with given.out.open("a", encoding="utf-8", buffering=1) as record:
        ways: dict[str, Callable[[], str]] = {
            "sql": thief.read,
            "http": lambda: knock(given.address, given.front, given.port),
        }
        for way, attempt in ways.items():
            threading.Thread(target=_keep_trying, args=(way, attempt, record.write, stopped), daemon=True).start()
        sys.stdin.read()
        stopped.set()
        time.sleep(_EVERY)


def _keep_trying(
    way: str, attempt: Callable[[], str], write: Callable[[str], object], stopped: threading.Event
) -> None:
    while not stopped.is_set():
        began = time.time()
        said = attempt()
        write(json.dumps({"at": began, "way": way, "said": said}) + "\n")
        stopped.wait(_EVERY)


if __name__ == "__main__":
    main()
