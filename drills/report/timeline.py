"""The incident's sentences, their times counted from the fault, and the moments everybody asks for."""

from __future__ import annotations

from dataclasses import dataclass

from drills.report.reading import Reader

MOST_LINES = 200
"""Of a longer timeline the first and last half of this are shown, so that a page stays a page."""

_EVIDENCE = ("Triage", "CheckGate", "ConfirmRegionLost")
_CHANGES = ("FenceServices", "RaiseCapacity", "PromoteReplica", "TakeAuthority", "ThrowLatch", "ChangeRecord")
_NO_EVIDENCE = ("Announce", "Open", "Receive", "Record", "Close", "Settle", "Apply", "Check", "Validate", "Lift")
_FAILURES = ("AnnounceFailure", "RecordFailure")


@dataclass(frozen=True)
class Line:
    """One sentence. ``at`` in epoch seconds, ``after`` in seconds after the fault."""

    at: float | None
    after: float | None
    step: str
    sentence: str

    @property
    def bad(self) -> bool:
        """Does the sentence tell of the failover's end in failure?"""
        return self.step in _FAILURES


@dataclass(frozen=True)
class Timeline:
    """All sentences, and the moments in seconds after the fault; None when they never came."""

    fault_at: float | None
    lines: tuple[Line, ...]
    latch: float | None
    record: float | None
    pointed: float | None
    first_answer: float | None

    @property
    def shown(self) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """The first and the last sentences; those between them are left out when there are too many."""
        if len(self.lines) <= MOST_LINES:
            return self.lines, ()
        half = MOST_LINES // 2
        return self.lines[:half], self.lines[-half:]

    @property
    def left_out(self) -> int:
        """How many sentences are not shown."""
        return len(self.lines) - sum(len(part) for part in self.shown)

    @property
    def evidence(self) -> tuple[Line, ...]:
        """What was seen and concluded before anything was changed."""
        return tuple(line for line in self.lines if self._is_evidence(line))[:30]

    def _is_evidence(self, line: Line) -> bool:
        """Steps known to judge; and whatever else spoke before the first change, unless it only tells or opens."""
        if line.step in _EVIDENCE:
            return True
        changed = min((one.after for one in self.lines if one.step in _CHANGES and one.after is not None), default=None)
        before = line.after is not None and (changed is None or line.after < changed)
        return before and line.step not in _CHANGES and not line.step.startswith(_NO_EVIDENCE) and bool(line.step)


def read(result: Reader) -> Timeline:
    """Read the incident of a result."""
    fault_at = result.moment("fault_at")
    lines = tuple(_line(one, fault_at) for one in result.at("incident").each("timeline"))
    latch, record = first(lines, "ThrowLatch"), first(lines, "ChangeRecord")
    pointed = max((line.after for line in lines if _points(line) and line.after is not None), default=None)
    return Timeline(fault_at, lines, latch, record, pointed, _first_answer(result))


def first(lines: tuple[Line, ...], step: str) -> float | None:
    """The moment of a step's first sentence."""
    return min((line.after for line in lines if line.step == step and line.after is not None), default=None)


def _points(line: Line) -> bool:
    return line.step == "PointSecrets" and " point to " in line.sentence


def _line(one: Reader, fault_at: float | None) -> Line:
    at = one.moment("at")
    after = None if at is None or fault_at is None else at - fault_at
    return Line(at, after, one.text("step"), one.text("sentence"))


def _first_answer(result: Reader) -> float | None:
    """The end of the outage the fault has caused, in seconds after the fault."""
    return result.at("outage").number("ended")
