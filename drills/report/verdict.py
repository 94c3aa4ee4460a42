"""The result in one sentence, and the figures against their targets."""

from __future__ import annotations

from dataclasses import dataclass

from drills.report import words
from drills.report.reading import Reader

_WORDS = {True: ("good", "Passed"), False: ("bad", "Missed"), None: ("open", "Inconclusive")}
_LATE = "What was lost had been acknowledged after the fault."
"""The measured window looks back from the fault: a promise made after it has no age."""


@dataclass(frozen=True)
class Verdict:
    """``kind`` is good, bad or open; ``word`` one word, ``sentence`` what happened, ``misses`` what was missed."""

    kind: str
    word: str
    sentence: str
    misses: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A big number. ``meter`` is its share of the target in per cent, None where there is nothing to compare."""

    name: str
    value: str
    against: str
    kind: str
    meter: float | None
    note: str


def judge(result: Reader) -> Verdict:
    """The verdict of a result, whatever it could measure."""
    kind, word = _WORDS[result.flag("passed")]
    return Verdict(kind, word, f"{_recovery(result)}, {_bookings(result)}{_targets(result)}.", _misses(result))


def figures(result: Reader) -> list[Figure]:
    """Outage against RTO, loss against RPO, prediction against measurement, bookings."""
    return [_outage(result), _loss(result), _prediction(result), _kept(result)]


def never_recovered(result: Reader) -> bool:
    """Did the client get no answer again? Only said when it did record something."""
    outage, client = result.at("outage"), result.at("client")
    return bool(outage) and outage.number("seconds") is None and bool(client.number("attempts"))


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


def _bookings(result: Reader) -> str:
    lost = result.at("bookings").number("lost")
    return "an unknown number of bookings lost" if lost is None else f"{words.count(lost, 'booking', 'bookings')} lost"


def _targets(result: Reader) -> str:
    """Only what was measured is compared."""
    target = result.at("target")
    pairs = (
        (_outage_seconds(result), target.number("rto"), "recovery time"),
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


def _outage_seconds(result: Reader) -> float | None:
    return float("inf") if never_recovered(result) else result.at("outage").number("seconds")


def _outage(result: Reader) -> Figure:
    seconds, rto = result.at("outage").number("seconds"), result.at("target").number("rto")
    value = "no end" if never_recovered(result) else words.span(seconds)
    return Figure(
        "Outage, seen by clients",
        value,
        _against("recovery time objective", rto),
        _kind(_outage_seconds(result), rto),
        _meter(_outage_seconds(result), rto),
        _share(seconds, rto),
    )


def _loss(result: Reader) -> Figure:
    seconds, rpo = result.at("bookings").number("measured_seconds"), result.at("target").number("rpo")
    against = _against("recovery point objective", rpo)
    note = _LATE if seconds == 0 and result.at("bookings").number("lost") else ""
    return Figure("Loss, measured", words.span(seconds), against, _kind(seconds, rpo), _meter(seconds, rpo), note)


def _prediction(result: Reader) -> Figure:
    bookings = result.at("bookings")
    predicted, measured = bookings.number("predicted_at_most_seconds"), bookings.number("measured_seconds")
    told = f"measured {words.span(measured)}"
    note = {"good": "The prediction held.", "bad": "More was lost than predicted.", "open": "Nothing to compare."}
    kind = _kind(measured, predicted)
    value = words.UNKNOWN if predicted is None else f"≤ {words.span(predicted)}"
    return Figure("Loss, predicted at the gate", value, told, kind, _meter(measured, predicted), note[kind])


def _kept(result: Reader) -> Figure:
    bookings = result.at("bookings")
    lost, made = bookings.number("lost"), bookings.number("acknowledged")
    told = f"of {words.count(made, 'acknowledged booking', 'acknowledged bookings')}"
    twice, unasked = bookings.number("duplicated"), bookings.number("unacknowledged")
    note = f"Stored twice: {words.whole(twice)}. Stored without an answer: {words.whole(unasked)}."
    return Figure("Bookings lost", words.whole(lost), told, "open" if lost is None else "plain", None, note)


def _against(name: str, seconds: float | None) -> str:
    return f"{name}: {'none given' if seconds is None else words.span(seconds)}"


def _kind(value: float | None, limit: float | None) -> str:
    if value is None or limit is None:
        return "open"
    return "good" if value <= limit else "bad"


def _meter(value: float | None, limit: float | None) -> float | None:
    if value is None or limit is None or limit <= 0:
        return None
    return round(min(100.0, max(0.0, 100 * value / limit)), 2)


def _share(value: float | None, limit: float | None) -> str:
    told = words.share(value, limit)
    return f"{told} of it used." if told else ""
