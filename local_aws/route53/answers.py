"""Which records a name resolves to: zones, failover and health in, an answer out. No sockets, no clock.

Played: simple records, CNAME, alias, failover. Any other routing policy is answered with SERVFAIL.
An alias to a load balancer counts as healthy whatever ``EvaluateTargetHealth`` says: the balancer's own view
of its targets is not read here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from local_aws.route53.model import RecordSet, Zone, canonical

ALIAS_TTL = 60
"""Seconds; Route 53 answers an alias to a load balancer with this, the customer cannot set it."""

MAX_CHAIN = 8


class Code(Enum):
    """The DNS response codes the data plane uses."""

    NOERROR = 0
    SERVFAIL = 2
    NXDOMAIN = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One resource record of an answer."""

    name: str
    ttl: int
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A response code with its records, possibly none."""

    code: Code
    lines: tuple[Line, ...] = ()


class UnsupportedRoutingError(LookupError):
    """The record set uses a routing policy that is not played."""


@dataclass(frozen=True)
class Directory:
    """Everything an answer depends on. ``hosts`` maps load balancer names to addresses."""

    zones: Sequence[Zone]
    hosts: Mapping[str, str]
    healthy: Callable[[str], bool]

    def answer(self, name: str, kind: str) -> Answer:
        """Return the answer to one question; names of no zone and no host do not exist."""
        try:
            return self._answer(canonical(name), kind.upper(), MAX_CHAIN)
        except UnsupportedRoutingError:
            return Answer(Code.SERVFAIL)

    def _answer(self, name: str, kind: str, hops: int) -> Answer:
        sets = self._sets(name)
        if not sets:
            return self._host(name, kind)
        if hops == 0:
            return Answer(Code.SERVFAIL)
        matching = [record for record in sets if record.kind == kind]
        if matching:
            return self._expand(self._choose(matching, hops), hops)
        return self._through_cname([record for record in sets if record.kind == "CNAME"], kind, hops)

    def _sets(self, name: str) -> list[RecordSet]:
        """All record sets of the name, in the zones that are closest to it."""
        zones = [zone for zone in self.zones if name == zone.name or name.endswith("." + zone.name)]
        closest = max((len(zone.name) for zone in zones), default=0)
        return [record for zone in zones if len(zone.name) == closest for record in zone.records if record.name == name]

    def _host(self, name: str, kind: str) -> Answer:
        address = self.hosts.get(name.removeprefix("dualstack."))
        if address is not None:
            return Answer(Code.NOERROR, (Line(name, ALIAS_TTL, "A", address),) if kind == "A" else ())
        below = any(record.name.endswith("." + name) for zone in self.zones for record in zone.records)
        return Answer(Code.NOERROR if below else Code.NXDOMAIN)

    def _choose(self, sets: Sequence[RecordSet], hops: int) -> RecordSet:
        """Primary if healthy, else secondary if healthy; when none is, all count as healthy: primary."""
        if strange := [record.routing for record in sets if record.routing not in ("simple", "failover")]:
            raise UnsupportedRoutingError(strange[0])
        ordered = sorted(sets, key=lambda record: record.failover == "SECONDARY")
        if ordered[0].routing == "simple":
            return ordered[0]
        return next((record for record in ordered if self._record_healthy(record, hops)), ordered[0])

    def _record_healthy(self, record: RecordSet, hops: int) -> bool:
        if record.health_check is not None and not self.healthy(record.health_check):
            return False
        if record.alias is None or not record.evaluate_target or hops == 0:
            return True
        targets = [target for target in self._sets(record.alias) if target.kind == record.kind]
        return not targets or any(self._record_healthy(target, hops - 1) for target in targets)

    def _expand(self, record: RecordSet, hops: int) -> Answer:
        if record.alias is None:
            return Answer(Code.NOERROR, _lines(record))
        target = self._answer(record.alias, record.kind, hops - 1)
        if target.code is Code.NXDOMAIN:
            return Answer(Code.NOERROR)
        own = [line for line in target.lines if line.kind == record.kind]
        return replace(target, lines=tuple(replace(line, name=record.name) for line in own))

    def _through_cname(self, sets: Sequence[RecordSet], kind: str, hops: int) -> Answer:
        if not sets:
            return Answer(Code.NOERROR)
        chosen = self._expand(self._choose(sets, hops), hops)
        if not chosen.lines:
            return chosen
        rest = self._answer(canonical(chosen.lines[0].value), kind, hops - 1)
        return Answer(rest.code, chosen.lines + rest.lines)


def _lines(record: RecordSet) -> tuple[Line, ...]:
    return tuple(Line(record.name, record.ttl, record.kind, value) for value in record.values)
