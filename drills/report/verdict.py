"""The result in one sentence, by kind of drill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drills.report import words
from drills.report.reading import Reader

_WORDS = {True: ("good", "Passed"), False: ("bad", "Missed"), None: ("open", "Inconclusive")}


@dataclass(frozen=True)
class Verdict:
    """``kind`` is good, bad or open; ``word`` one word, ``sentence`` what happened, ``misses`` what was missed."""

    kind: str
    word: str
    sentence: str
    misses: tuple[str, ...]


def judge(result: Reader) -> Verdict:
    """The verdict of a result, whatever it could measure."""
    kind, word = _WORDS[result.flag("passed")]
    sentence = _SENTENCES.get(result.text("kind"), _failover)(result)
    return Verdict(kind, word, f"{sentence[:1].upper()}{sentence[1:]}.", _misses(result))


def never_recovered(result: Reader) -> bool:
    """Did the client get no answer again? Only said when it did record something."""
    outage, client = result.at("outage"), result.at("client")
    return bool(outage) and outage.number("seconds") is None and bool(client.number("attempts"))


def _failover(result: Reader) -> str:
    return f"{_recovery(result)}, {_bookings(result)}{_targets(result)}"


def _restore(result: Reader) -> str:
    restore, ledger = result.at("restore"), result.at("ledger")
    target, point = restore.text("target"), restore.moment("recovery_point")
    if not target:
        return f"nothing was restored; {_noticed(result)}, {_bookings(result)}"
    before = restore.number("moment_before_damage_seconds")
    told = "" if before is None or before < 0 else f", {words.span(before)} before the fault"
    replays = ledger.each("replays")
    given = replays[0].number("written") if replays else None
    back = "" if given is None else f", {words.count(given, 'row', 'rows')} given back"
    to = target if point is None else f"{words.clock(point)[:8]} UTC"
    return f"restored to {to}{told}; {_noticed(result)}{back}, {_bookings(result)}"


def _breach(result: Reader) -> str:
    reached = result.at("breach").at("seconds_after_opening")
    told = [f"{name} after {words.span(at)}" for name, key in _MILESTONES if (at := reached.number(key)) is not None]
    if not told:
        return f"nobody was blocked or thrown out; {_noticed(result)}, {_bookings(result)}"
    listed = ", ".join(told[:-1]) + (" and " if len(told) > 1 else "") + told[-1]
    return f"the intruder was {listed}; {_noticed(result)}, {_bookings(result)}"


_MILESTONES = (
    ("blocked", "blocked"),
    ("thrown out", "thrown_out"),
    ("proven to be locked out", "proven"),
)


def _rotation(result: Reader) -> str:
    rotation = result.at("rotation")
    if not rotation:
        return f"{_noticed(result)}, {_bookings(result)}"
    former = rotation.texts("old_accepted")
    accepted = f"still accepted: {', '.join(former)}" if former else "no former login is accepted"
    leaks = rotation.texts("leaks")
    leaked = f"secrets were found in {len(leaks)} places" if leaks else "no secret was found outside its store"
    return f"{accepted}, {leaked}; {_noticed(result)}, {_bookings(result)}"


def _quiet(result: Reader) -> str:
    fired = "something was promoted or moved" if result.flag("fired") else "nothing was promoted or moved"
    return f"{fired}; {_noticed(result)}, {_bookings(result)}"


_SENTENCES: dict[str, Callable[[Reader], str]] = {
    "failover": _failover,
    "restore": _restore,
    "breach": _breach,
    "rotation": _rotation,
    "quiet": _quiet,
}


def _recovery(result: Reader) -> str:
    seconds = result.at("outage").number("seconds")
    if never_recovered(result):
        expected = result.flag("passed")
        return f"{'As this drill expects' if expected else 'Not recovered'}: clients got no answer again"
    if seconds is None:
        return "It is not known whether clients were served again"
    if seconds == 0:
        return "Clients noticed no interruption"
    return f"Recovered in {words.span(round(seconds, 1))}"


def _noticed(result: Reader) -> str:
    """What the client noticed, in a drill that is about something else."""
    seconds = result.at("outage").number("seconds")
    if never_recovered(result):
        return "clients got no answer again"
    if seconds is None:
        return "it is not known whether clients were served"
    return "clients noticed no interruption" if seconds == 0 else f"clients had no service for {words.span(seconds)}"


def _bookings(result: Reader) -> str:
    lost = result.at("bookings").number("lost")
    return "an unknown number of bookings lost" if lost is None else f"{words.count(lost, 'booking', 'bookings')} lost"


def _targets(result: Reader) -> str:
    """Only what was measured is compared."""
    target = result.at("target")
    pairs = (
        (outage_seconds(result), target.number("rto"), "recovery time"),
        (result.at("bookings").number("measured_seconds"), target.number("rpo"), "data loss"),
    )
    known = [(value <= limit, name) for value, limit, name in pairs if value is not None and limit is not None]
    met = [name for good, name in known if good]
    missed = [name for good, name in known if not good]
    if not known:
        return "; nothing could be compared with a target"
    if not missed:
        return "; both targets met" if len(met) == len(pairs) else f"; the target for {met[0]} met"
    return "" if result.flag("passed") else f"; the target for {' and that for '.join(missed)} missed"


def _misses(result: Reader) -> tuple[str, ...]:
    return tuple(text[:1].upper() + text[1:] for text in result.texts("missed"))


def outage_seconds(result: Reader) -> float | None:
    """Seconds of the outage, endless when clients got no answer again; None where nothing was measured."""
    return float("inf") if never_recovered(result) else result.at("outage").number("seconds")
