"""The four big numbers of a page, by kind of drill, against their targets where there are any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drills.report import words
from drills.report.reading import Reader
from drills.report.verdict import never_recovered, outage_seconds

_LATE = "What was lost had been acknowledged after the fault."
"""The measured window looks back from the fault: a promise made after it has no age."""
_AFTER_OPENING = "after the incident was opened"


@dataclass(frozen=True)
class Figure:
    """A big number. ``meter`` is its share of the target in per cent, None where there is nothing to compare."""

    name: str
    value: str
    against: str
    kind: str
    meter: float | None
    note: str


def figures(result: Reader) -> list[Figure]:
    """What matters in this kind of drill."""
    return [make(result) for make in _CARDS.get(result.text("kind"), _FAILOVER)]


def _outage(result: Reader) -> Figure:
    """In the drill's own scale where there is one: against hours, half a minute is no figure."""
    seconds, target = outage_seconds(result), result.at("target")
    rto, scaled = target.number("rto"), target.number("rto_in_scale")
    value = "no end" if never_recovered(result) else words.span(seconds)
    against = _against("recovery time objective", rto)
    if result.text("kind") in ("breach", "rotation", "quiet"):
        return Figure("Outage, seen by clients", value, "", "plain", None, _failed(result))
    limit = rto if scaled is None else scaled
    held = words.share(result.at("outage").number("seconds"), limit)
    note = f"{held} of it used." if held else ""
    if scaled is not None:
        note = f"In the drill's own scale: {words.span(scaled)}" + (f", {held} of it used." if held else ".")
    return Figure("Outage, seen by clients", value, against, _kind(seconds, limit), _meter(seconds, limit), note)


def _failed(result: Reader) -> str:
    failed = sum(row.number("failed") or 0.0 for row in result.at("outage").each("failing"))
    return f"Failed attempts: {words.whole(failed)} of {words.whole(result.at('client').number('attempts'))}."


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


def _recovery_point(result: Reader) -> Figure:
    restore = result.at("restore")
    point, before = restore.moment("recovery_point"), restore.number("moment_before_damage_seconds")
    target = restore.text("target")
    if not target:
        return Figure("Recovery point", "none", "nothing was restored", "open", None, "")
    against = "" if before is None else f"{words.span(abs(before))} {'after' if before < 0 else 'before'} the fault"
    note = words.count(restore.number("restores_called"), "restore called", "restores called")
    if point is None:
        return Figure("Recovery point", "snapshot", target.removeprefix("snapshot "), "plain", None, f"{note}.")
    return Figure("Recovery point, UTC", words.clock(point)[:8], against, "plain", None, f"{note}.")


def _given_back(result: Reader) -> Figure:
    ledger = result.at("ledger")
    if not ledger:
        return Figure("Rows given back", "none", "no ledger was replayed in this drill", "open", None, "")
    entries = ledger.at("entries")
    replayable, replays = entries.number("replayable"), ledger.each("replays")
    others = ", ".join(
        f"{words.whole(entries.number(name))} {name}" for name, _ in entries.items() if name != "replayable"
    )
    written = replays[0].number("written") if replays else None
    again = f" A second replay wrote {words.whole(replays[1].number('written'))}." if len(replays) > 1 else ""
    told = f"of {words.count(replayable, 'replayable row', 'replayable rows')}"
    return Figure("Rows given back", words.whole(written), told, "plain", None, f"Left alone: {others}.{again}")


def _milestone(name: str, key: str, note: str = "") -> Callable[[Reader], Figure]:
    def card(result: Reader) -> Figure:
        reached = result.at("breach").at("seconds_after_opening").number(key)
        if reached is None:
            return Figure(name, "\u2013", "not reached in this drill", "open", None, note)
        return Figure(name, words.span(reached), _AFTER_OPENING, "plain", None, note)

    return card


def _former(result: Reader) -> Figure:
    rotation = result.at("rotation")
    if not rotation:
        return Figure("Former logins accepted", words.UNKNOWN, "no login was tried", "open", None, "")
    accepted, seen = rotation.texts("old_accepted"), rotation.number("logins_seen")
    kind = "bad" if accepted else "good"
    told = f"of {words.count(seen, 'login', 'logins')} there ever were"
    return Figure("Former logins accepted", str(len(accepted)), told, kind, None, "; ".join(accepted))


def _leaks(result: Reader) -> Figure:
    rotation = result.at("rotation")
    if not rotation:
        return Figure("Secrets found elsewhere", words.UNKNOWN, "nothing was searched", "open", None, "")
    leaks = rotation.texts("leaks")
    places = ", ".join(name for name, _ in rotation.at("searched").items())
    kind = "bad" if leaks else "good"
    return Figure("Secrets found elsewhere", str(len(leaks)), f"searched: {places}", kind, None, "; ".join(leaks))


_FAILOVER = (_outage, _loss, _prediction, _kept)
_CARDS: dict[str, tuple[Callable[[Reader], Figure], ...]] = {
    "failover": _FAILOVER,
    "restore": (_outage, _recovery_point, _given_back, _kept),
    "breach": (
        _milestone("Legal contacts notified", "told"),
        _milestone("Intruder blocked", "blocked"),
        _milestone("Intruder thrown out", "thrown_out"),
        _milestone("Proven to be locked out", "proven"),
    ),
    "rotation": (_outage, _former, _leaks, _kept),
    "quiet": (_outage, _kept),
}


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
