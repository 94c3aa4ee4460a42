"""Every call a step makes, in order, and the one of them that is disturbed.

A call is known by its name and how often it was made before, not by its number: calls from threads have no order.
"""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ReadTimeoutError

import lyo_dr.steps
from tests.killed.table import Tables
from tests.unit.aws import _REAL_CALL, Calls, Killed, _require_what_the_sdk_takes, refusal

_READS = (
    "BatchGet",
    "Count",
    "Describe",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Query",
    "Select",
)
"""How operations of AWS that change nothing begin."""

_READING = ("count-", "end-cache", "find-", "list-", "read-", "try-")
"""How the names of those of our functions begin that change nothing, or nothing that is there afterwards."""

ALWAYS = ("killed before", "busy", "throttled")
ONLY_WRITES = ("killed after", "unheard", "repeated")
"""``unheard``: it took effect and the answer was lost. ``repeated``: then the SDK made it again."""


def is_read(name: str) -> bool:
    """Whether a call (``rds:DescribeDBInstances@us-west-2``) changes nothing."""
    service, _, operation = name.partition(":")
    if service in ("sql", "redis"):
        return operation.startswith(("connect", "read "))
    if operation.startswith("Invoke "):
        return operation.partition("@")[0].rpartition(" ")[2].startswith(_READING)
    return service == "http" or operation.startswith(_READS)


def variants(name: str) -> tuple[str, ...]:
    """What may happen to a call of this name. A statement of SQL is never made again by its driver."""
    if is_read(name):
        return ALWAYS
    return (*ALWAYS, *(each for each in ONLY_WRITES if each != "repeated" or not name.startswith(("sql:", "redis:"))))


def _strike_before(variant: str | None, busy: BaseException | None) -> None:
    if variant == "killed before":
        raise Killed
    if variant == "busy":
        raise busy or refusal("ServiceUnavailable", status=503)
    if variant == "throttled":
        raise busy or refusal("ThrottlingException", status=400)


def _strike_after(variant: str | None, silence: BaseException | None) -> None:
    if variant == "killed after":
        raise Killed
    if variant == "unheard":
        raise silence or ReadTimeoutError(endpoint_url="https://aws.example")


def _own_name(function: str) -> str:
    """``read-replica`` of ``lyo-dr-gather-facts-read-replica``: a function is named after its step."""
    known = [step.replace("_", "-") for _, step in all_steps()]
    return max((name for name in known if function.endswith(f"-{name}")), key=len)


@functools.cache
def all_steps() -> list[tuple[str, str]]:
    """Machine and step of every file of steps there is."""
    files = sorted(Path(lyo_dr.steps.__path__[0]).glob("*/*.py"))
    return [(file.parent.name, file.stem) for file in files if not file.stem.startswith("_")]


@dataclass(frozen=True)
class Call:
    """A call by its name, the region included, and how many of that name came before it."""

    name: str
    before: int

    def __str__(self) -> str:
        """For a sentence."""
        return f"{self.name} (no. {self.before + 1})"


@dataclass(frozen=True)
class Disturbance:
    """What happens to one call of the first run."""

    call: Call
    variant: str

    def __str__(self) -> str:
        """For a sentence."""
        return f"{self.variant}: {self.call}"


@dataclass
class Effect:
    """A call that changed something, as it was asked."""

    name: str
    asked: dict[str, Any]
    run: int


@dataclass
class Disturbed(Calls):
    """The calls of one play, of which one is disturbed once."""

    disturbance: Disturbance | None = None
    recorded: list[Call] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    recording: bool = False
    struck: bool = False
    run: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self.tables = Tables()
        self.services: dict[str, Callable[[str, str, dict[str, Any]], Any]] = {}
        """Services in memory: what they answer to an operation in a region."""
        self.invoked: Callable[[str, dict[str, Any], str], Any] | None = None
        self.made_once: set[str] = set()
        """Calls the SDK was told to make once, whatever becomes of them."""
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def call(self, client: Any, operation: str, asked: dict[str, Any]) -> Any:
        """In the place of botocore's own."""
        service, region = client.meta.service_model.service_name, client.meta.region_name
        asks = f" {_own_name(asked['FunctionName'])}" if operation == "Invoke" else ""
        name = f"{service}:{operation}{asks}@{region}"
        retries = client.meta.config.retries or {}
        if retries.get("total_max_attempts") == 1 and service != "lambda":  # which may run what it was handed twice
            self.made_once.add(name)
        return self.made_one(name, asked, lambda: self._carried_out(client, region, operation, asked))

    def made_one(
        self,
        name: str,
        asked: dict[str, Any],
        carry_out: Callable[[], Any],
        *,
        busy: BaseException | None = None,
        silence: BaseException | None = None,
    ) -> Any:
        """One call of whatever kind: carried out, or disturbed as was wanted."""
        if self.preparing or not self.recording:
            return carry_out()
        variant = self._variant(name)
        _strike_before(variant, busy)
        answer = carry_out()
        if is_read(name):
            return answer
        self.effects.append(Effect(name, asked, self.run))
        if variant == "repeated":
            answer = carry_out()
            self.effects.append(Effect(name, asked, self.run))
        _strike_after(variant, silence)
        return answer

    def _variant(self, name: str) -> str | None:
        with self._lock:
            call = Call(name, self._counts[name])
            self._counts[name] += 1
            self.recorded.append(call)
            if self.disturbance is None or self.struck or call != self.disturbance.call:
                return None
            self.struck = True
            return self.disturbance.variant

    def _carried_out(self, client: Any, region: str, operation: str, asked: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if service == "dynamodb":
            _require_what_the_sdk_takes(client, operation, asked)
            return self.tables.answer(region, operation, asked)
        if self.preparing and service not in self.services:
            return _REAL_CALL(client, operation, asked)
        if service == "lambda" and self.invoked is not None:
            return self.invoked(asked["FunctionName"], asked, region)
        played = self.services.get(service)
        if played is not None:
            _require_what_the_sdk_takes(client, operation, asked)
            return played(region, operation, asked)
        return self._answer(f"{service}:{operation}", client, operation, asked)
