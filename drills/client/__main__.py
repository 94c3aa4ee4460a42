"""``python -m drills.client``: books until stopped; one JSON line per attempt, prints nothing."""

import argparse
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from drills.client.attempt import Attempt
from drills.client.booking import DEADLINE_SECONDS, PATH, Booker, longest_booking
from drills.client.connections import Connections
from drills.client.load import Load
from drills.client.resolver import Resolver
from local_aws.numbers import argument, number, port


class Journal:
    """The record on disk: every attempt is a whole line and is with the system as soon as it is known."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()

    def write(self, attempt: Attempt) -> None:
        """Append one attempt; what ends after :meth:`close` is not recorded."""
        with self._lock:
            if not self._file.closed:
                self._file.write(attempt.to_line() + "\n")

    def close(self) -> None:
        """Flush and close."""
        with self._lock:
            self._file.close()


class _StopRequest:
    """Whether the client was asked to stop, by signal or by file."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._signalled = False

    def by_signal(self, *_: object) -> None:
        # a plain flag: setting an Event here could wait for the very thread this handler interrupts
        self._signalled = True

    def __call__(self) -> bool:
        return self._signalled or (self._file is not None and self._file.exists())


def _rate(name: str, value: object) -> float:
    return number(name, value, least=0.1, most=10_000)


def _seconds(name: str, value: object) -> float:
    return number(name, value, least=0.1, most=600)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="drills.client", description=__doc__)
    parser.add_argument("--resolver", required=True, help="address:port of the DNS server")
    parser.add_argument("--name", required=True, help="the public name to book under")
    parser.add_argument("--port", type=argument(port), required=True, help="port of the front door")
    parser.add_argument("--rate", type=argument(_rate), default=20.0, help="bookings a second")
    parser.add_argument("--out", type=Path, required=True, help="file the attempts are appended to")
    parser.add_argument("--path", default=PATH, help="path that is posted to")
    parser.add_argument("--ids", choices=("uuid", "number"), default="uuid", help="what the ids of bookings are")
    parser.add_argument("--deadline", type=argument(_seconds), default=DEADLINE_SECONDS, help="seconds for one attempt")
    parser.add_argument("--stop-file", type=Path, help="stop once this file exists")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    """Run until SIGTERM, SIGINT or the stop file."""
    options = _arguments(given)
    asked = _StopRequest(options.stop_file)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, asked.by_signal)
    stopped = threading.Event()
    journal = Journal(options.out)
    connections = Connections(options.port, options.name)
    resolver = Resolver(options.resolver, options.name)
    booker = Booker(resolver, connections, journal.write, stopped, options.path, options.deadline)
    try:
        longest = longest_booking(options.deadline)
        Load(booker.book, options.rate, stopped, asked, longest=longest, ids=options.ids).run()
    finally:
        connections.close()
        journal.close()


if __name__ == "__main__":
    main()
