"""Faults that can be put into the local AWS, and the question whether a region is dead.

A rule selects calls by region, service, operation and application id (regular expressions that must match in full)
and says what happens to them. Rules are tried in order, the first that hits decides.
"""

import random
import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from local_aws.gateway.request import Call
from local_aws.numbers import LONGEST_SECONDS, number, whole

KINDS = ("throttle", "unavailable", "latency", "hold", "blackhole", "refuse", "crash_after")

_dice = random.SystemRandom()


class InvalidFaultError(ValueError):
    """A fault rule that cannot be meant; the message says which and why."""


@dataclass(frozen=True)
class FaultRule:
    """One fault. ``ms`` is the delay of ``latency``; ``rate`` a probability; ``times`` the most hits, None for ever.

    It hits from ``begins`` seconds after it was put in force until ``ends``; None is for ever.

    throttle: the service's own throttling error. unavailable: 503. latency: delayed, then carried out. hold: carried
    out once the rule has gone. blackhole: never answered. refuse: AccessDenied. crash_after: carried out, never
    answered, and the calling function killed.
    """

    kind: str
    region: str = ".*"
    service: str = ".*"
    op: str = ".*"
    app: str = ".*"
    ms: float = 0.0
    rate: float = 1.0
    times: int | None = None
    begins: float = 0.0
    ends: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidFaultError(f"unknown fault kind {self.kind!r}; known: {', '.join(KINDS)}")
        for name in ("region", "service", "op", "app"):
            _check_pattern(name, getattr(self, name))
        try:
            self._check_numbers()
        except ValueError as error:
            raise InvalidFaultError(str(error)) from None

    def _check_numbers(self) -> None:
        number("ms of a fault rule", self.ms, most=1000 * LONGEST_SECONDS)
        number("rate of a fault rule", self.rate, most=1.0)
        number("begins of a fault rule", self.begins, most=LONGEST_SECONDS)
        if self.times is not None:
            whole("times of a fault rule", self.times, least=1)
        if self.ends is not None and number("ends of a fault rule", self.ends, most=LONGEST_SECONDS) <= self.begins:
            raise ValueError(f"a fault from second {self.begins:g} to {self.ends:g} never hits; end it later")

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Self:
        """Build a rule from JSON; raises InvalidFaultError for unknown fields, kinds and bad patterns."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(given) - known):
            raise InvalidFaultError(f"unknown fields in a fault rule: {', '.join(unknown)}")
        if "kind" not in given:
            raise InvalidFaultError("a fault rule needs a kind")
        return cls(**given)

    def selects(self, call: Call) -> bool:
        """Whether the call is one of those the rule is about."""
        names = ("region", "service", "op", "app")
        return all(re.fullmatch(getattr(self, name), getattr(call, name)) for name in names)

    def kills(self, region: str) -> bool:
        """Whether the rule takes the whole region away, not just some calls to it."""
        narrowed = (self.service, self.op, self.app) != (".*", ".*", ".*") or self.rate < 1 or self.times is not None
        passing = self.begins > 0 or self.ends is not None
        whole = self.kind == "blackhole" and not narrowed and not passing
        return whole and re.fullmatch(self.region, region) is not None

    def lasts(self, seconds: float) -> bool:
        """Whether it hits so many seconds after it was put in force."""
        return self.begins <= seconds and (self.ends is None or seconds < self.ends)


class FaultTable:
    """The rules in force. Safe to read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: tuple[FaultRule, ...] = ()
        self._hits: list[int] = []
        self._since = time.monotonic()

    @property
    def rules(self) -> tuple[FaultRule, ...]:
        """The rules in force, in the order in which they are tried."""
        return self._rules

    def replace(self, rules: Iterable[FaultRule]) -> None:
        """Put these rules in force instead of all others; hit counters and seconds start at 0."""
        new = tuple(rules)
        with self._lock:
            self._since = time.monotonic()
            self._rules = new
            self._hits = [0] * len(new)

    def match(self, call: Call) -> FaultRule | None:
        """Return the rule that hits this call and count the hit, or None."""
        with self._lock:
            seconds = time.monotonic() - self._since
            for index, rule in enumerate(self._rules):
                if rule.lasts(seconds) and rule.selects(call) and self._hit(index, rule):
                    return rule
        return None

    def is_dead(self, region: str) -> bool:
        """Whether the whole region is black-holed."""
        return any(rule.kills(region) for rule in self._rules)

    def _hit(self, index: int, rule: FaultRule) -> bool:
        if rule.times is not None and self._hits[index] >= rule.times:
            return False
        if rule.rate < 1 and _dice.random() >= rule.rate:
            return False
        self._hits[index] += 1
        return True


def _check_pattern(name: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise InvalidFaultError(f"{name} of a fault rule is not a regular expression: {error}") from error


table = FaultTable()


def is_dead(region: str) -> bool:
    """Whether this process's table of faults takes the whole region away."""
    return table.is_dead(region)
