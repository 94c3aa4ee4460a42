"""Sentences of the page that depend on the kind of drill: what is said of a failover is untrue of a restore."""

from __future__ import annotations

from dataclasses import dataclass

from drills.report.reading import Reader


@dataclass(frozen=True)
class Texts:
    """``decision``: heading of what was concluded, empty where the section would repeat the timeline."""

    seen: str
    no_parts: str
    decision: str
    calls: str
    afterwards: str


_CALLS = "Calls of the product's steps, from the fault to {end}. A data plane serves at run time; "
_PLANES = "a control plane creates, changes and describes"
_IMPAIRED = ", and may be impaired just when a region is lost."


def of(result: Reader) -> Texts:
    """The sentences for a result."""
    kind = result.text("kind", "failover")
    served = result.at("outage").number("seconds")
    failover = kind == "failover"
    end = "the first answer" if served else "the end of the incident"
    return Texts(
        seen="Seconds after the incident was opened:" if kind == "breach" else "Seen from outside the product:",
        no_parts=_no_parts(kind, served),
        decision={"failover": "The decision and the facts it saw", "quiet": "Why nothing was done"}.get(kind, ""),
        calls=_CALLS.format(end=end) + _PLANES + (_IMPAIRED if failover else "."),
        afterwards="Afterwards, without anybody waiting for it:",
    )


def _no_parts(kind: str, served: float | None) -> str:
    if served == 0:
        return "Clients noticed no interruption: there is nothing to cut into parts."
    if kind in ("failover", "restore"):
        return "The outage could not be cut into parts."
    return "Nothing the product did ended these failures, so they are not cut into its steps."
