"""The admin API: break and repair regions, databases and links. Plain JSON over HTTP, on the port of the AWS API."""

import ipaddress
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from local_aws.data_plane.backends import Backends
from local_aws.data_plane.faults import STRETCHABLE
from local_aws.data_plane.processes import ProcessError
from local_aws.elb.balancer import Disturbance
from local_aws.elb.load_balancers import Front
from local_aws.numbers import number, port, seconds
from local_aws.rds.databases import Key

Answer = tuple[HTTPStatus, dict[str, Any]]
_OPERATION = Callable[["Admin", dict[str, Any], str], dict[str, Any]]


class NotThere(Exception):
    """The request names something that does not exist; the message says what."""


class Admin:
    """Answers requests of the admin API; a WSGI application for its own paths."""

    def __init__(self, backends: Backends) -> None:
        self.backends = backends

    def handles(self, method: str, path: str) -> bool:
        """Whether a request is one of the admin API."""
        return any(verb == method and pattern.fullmatch(path) for verb, pattern, _ in _ROUTES)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        status, answer = self.answer(
            environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["wsgi.input"].read(length) or b"{}"
        )
        content = json.dumps(answer).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [content]

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """Do what a request asks for: 200, or 400, 404, 409 with a sentence under ``error``."""
        try:
            for verb, pattern, operation in _ROUTES:
                if verb == method and (match := pattern.fullmatch(path)):
                    return HTTPStatus.OK, operation(self, json.loads(body), "/".join(match.groups()))
        except NotThere as error:
            return HTTPStatus.NOT_FOUND, {"error": str(error)}
        except ProcessError as error:
            return HTTPStatus.CONFLICT, {"error": str(error)}
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            why = error if isinstance(error, ValueError) else repr(error)
            return HTTPStatus.BAD_REQUEST, {"error": f"The request is not understood: {why}"}
        return HTTPStatus.NOT_FOUND, {"error": "There is nothing here"}

    def up(self, _: dict[str, Any], __: str) -> dict[str, Any]:
        """Sign of life."""
        return {"status": "up"}

    def state(self, _: dict[str, Any], __: str) -> dict[str, Any]:
        """Everything there is."""
        return self.backends.state()

    def kill(self, _: dict[str, Any], region: str) -> dict[str, Any]:
        """Lose a region; answers with the moment before it (seconds since the epoch)."""
        before = time.time()
        self.backends.kill_region(region)
        return {"killed_at": before}

    def revive(self, _: dict[str, Any], region: str) -> dict[str, Any]:
        """Let a region come back."""
        self.backends.revive_region(region)
        return {}

    def balancer(self, wanted: dict[str, Any], region: str) -> dict[str, Any]:
        """Put a region's load balancer on an address of loopback."""
        address, opening = str(wanted["address"]), port("port", wanted["port"])
        if not address.startswith("127."):
            raise ValueError(f"{address} is not an address of loopback")
        self.backends.balancers.place(region, Front(address, opening))
        return {}

    def disturb(self, wanted: dict[str, Any], region: str) -> dict[str, Any]:
        """Let a region's load balancer do something wrong; an empty request puts it right."""
        disturbance = Disturbance(**wanted)
        number("errors", disturbance.errors, most=1.0)
        re.compile(disturbance.deaf_to)
        self.backends.balancers.disturb(region, disturbance)
        return wanted

    def block(self, wanted: dict[str, Any], region: str) -> dict[str, Any]:
        """Let a region's load balancer answer 403 to these networks and to no others."""
        networks = [str(ipaddress.ip_network(network)) for network in wanted["networks"]]
        self.backends.balancers.block(region, networks)
        return {"networks": networks}

    def faults(self, wanted: dict[str, Any], _: str) -> dict[str, Any]:
        """Replace all faults of the databases."""
        kinds = ("promotion_skipped", "promotion_stuck", "promotion_replays")
        unknown = set(wanted) - set(kinds)
        if unknown:
            raise ValueError(f"there is no fault {sorted(unknown)[0]}")
        self.backends.faults.set(*(wanted.get(kind, []) for kind in kinds))
        return self.backends.faults.as_dict()

    def stretch(self, wanted: dict[str, Any], _: str) -> dict[str, Any]:
        """Let phases and starts last at least so many seconds from now on."""
        if unknown := set(wanted) - set(STRETCHABLE):
            raise ValueError(f"{sorted(unknown)[0]} is not stretched; stretched are {', '.join(STRETCHABLE)}")
        spans = {key: seconds(key, span) for key, span in wanted.items()}
        self.backends.stretch(spans)
        return dict(spans)

    def cold(self, wanted: dict[str, Any], _: str) -> dict[str, Any]:
        """Let the first reading of each table take so many seconds, in what is restored from now on."""
        lasts = seconds("seconds", wanted["seconds"])
        self.backends.databases.first_reading_seconds = lasts
        return {"seconds": lasts}

    def relay(self, wanted: dict[str, Any], name: str) -> dict[str, Any]:
        """Set delay (seconds, one way) and cut of the link to a replica; what is not given stays."""
        relay = self.backends.databases.relays.get(self._key(name))
        if relay is None:
            raise NotThere(f"database {name} has no link to a source")
        delay = seconds("delay", wanted.get("delay", relay.delay))
        relay.delay, relay.cut = delay, bool(wanted.get("cut", relay.cut))
        return {"delay": relay.delay, "cut": relay.cut}

    def freeze(self, _: dict[str, Any], name: str) -> dict[str, Any]:
        """Let a database server stand still: it accepts connections and answers nothing."""
        self.backends.databases.servers[self._key(name)].freeze()
        return {}

    def thaw(self, _: dict[str, Any], name: str) -> dict[str, Any]:
        """Let a frozen database server go on."""
        self.backends.databases.servers[self._key(name)].thaw()
        return {}

    def restart(self, wanted: dict[str, Any], name: str) -> dict[str, Any]:
        """Kill a database server and start it again on its port after ``seconds``, as a failover between zones does."""
        key, away = self._key(name), seconds("seconds", wanted["seconds"])
        threading.Thread(target=self.backends.databases.restart, args=(key, away), daemon=True).start()
        return {}

    def lose(self, _: dict[str, Any], name: str) -> dict[str, Any]:
        """Kill a database server for good; RDS calls its instance failed."""
        before = time.time()
        self.backends.databases.lose(self._key(name))
        return {"lost_at": before}

    def tune(self, wanted: dict[str, Any], name: str) -> dict[str, Any]:
        """Change settings of a database server, as a parameter group does, and restart it: some need that."""
        key = self._key(name)
        self.backends.databases.servers[key].tune({name: str(value) for name, value in wanted.items()})
        self.backends.databases.restart(key, 0.0)
        return wanted

    def _key(self, name: str) -> Key:
        region, _, identifier = name.rpartition("/")
        found = [
            k for k in list(self.backends.databases.servers) if k.identifier == identifier and region in {"", k.region}
        ]
        if len(found) != 1:
            raise NotThere(f"there is no database {name}" if not found else f"{name} is in several regions")
        return found[0]


_REGION = r"([a-z0-9-]+)"
_DATABASE = r"((?:[a-z0-9-]+/)?[A-Za-z0-9-]+)"
_ROUTES: list[tuple[str, re.Pattern[str], _OPERATION]] = [
    ("GET", re.compile("/health"), Admin.up),
    ("GET", re.compile("/state"), Admin.state),
    ("POST", re.compile(f"/regions/{_REGION}/kill"), Admin.kill),
    ("POST", re.compile(f"/regions/{_REGION}/revive"), Admin.revive),
    ("POST", re.compile(f"/regions/{_REGION}/balancer"), Admin.balancer),
    ("POST", re.compile(f"/regions/{_REGION}/balancer/disturbance"), Admin.disturb),
    ("POST", re.compile(f"/regions/{_REGION}/balancer/block"), Admin.block),
    ("POST", re.compile("/faults"), Admin.faults),
    ("POST", re.compile("/timing"), Admin.stretch),
    ("POST", re.compile("/cold"), Admin.cold),
    ("POST", re.compile(f"/relay/{_DATABASE}"), Admin.relay),
    ("POST", re.compile(f"/databases/{_DATABASE}/freeze"), Admin.freeze),
    ("POST", re.compile(f"/databases/{_DATABASE}/thaw"), Admin.thaw),
    ("POST", re.compile(f"/databases/{_DATABASE}/restart"), Admin.restart),
    ("POST", re.compile(f"/databases/{_DATABASE}/lose"), Admin.lose),
    ("POST", re.compile(f"/databases/{_DATABASE}/settings"), Admin.tune),
]
