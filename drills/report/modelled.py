"""What was measured here beside what a model says of AWS: two columns that are never added to each other."""

from __future__ import annotations

from dataclasses import dataclass

from drills.report import words
from drills.report.reading import Reader


@dataclass(frozen=True)
class Row:
    """A part of the outage. ``measured`` is of this machine; the other three are the model's, for AWS."""

    name: str
    measured: str
    low: str
    typical: str
    high: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A figure of the model with who says so; ``read_as`` where the numbers are a reading of words."""

    name: str
    low: str
    typical: str
    high: str
    source: str
    says: str
    read_as: str


@dataclass(frozen=True)
class Modelled:
    """The comparison. ``verdict`` holds the model's total against the target, in words."""

    rows: tuple[Row, ...]
    total: Row | None
    verdict: str
    sources: tuple[Source, ...]
    stretched: str


def read(result: Reader) -> Modelled | None:
    """Read the model's part of a result; None when it has none."""
    model = result.at("modelled")
    parts = model.each("parts")
    if not parts:
        return None
    measured = {part.text("name"): part.number("seconds") for part in result.at("outage").each("parts")}
    rows = tuple(_row(part.text("name"), measured.get(part.text("name")), part) for part in parts)
    return Modelled(
        rows=rows,
        total=_total(result, model),
        verdict=_verdict(model),
        sources=tuple(_source(figure) for figure in model.each("figures")),
        stretched=_stretched(model.at("stretched_seconds")),
    )


def minutes(seconds: float | None) -> str:
    """The model speaks in minutes, one decimal: more would pretend to know."""
    if seconds is None:
        return words.UNKNOWN
    return "< 0.1" if 0 < seconds < 6 else f"{seconds / 60:.1f}"


def _row(name: str, measured: float | None, part: Reader) -> Row:
    span = part.at("seconds")
    if not span:
        return Row(name, words.span(measured), "", "no figure", "", ())
    low, typical, high = (minutes(span.number(key)) for key in ("low", "typical", "high"))
    return Row(name, words.span(measured), low, typical, high, tuple(part.texts("of")))


def _total(result: Reader, model: Reader) -> Row | None:
    total = model.at("total")
    if not total:
        return None
    low, typical, high = (minutes(total.number(key)) for key in ("low", "typical", "high"))
    return Row("Outage", words.span(result.at("outage").number("seconds")), low, typical, high, ())


def _verdict(model: Reader) -> str:
    total, rto = model.at("total"), model.number("rto_seconds")
    unknown = [part.text("name") for part in model.each("parts") if not part.at("seconds")]
    if unknown:
        return f"There is no total: the model has no figure for {' and '.join(unknown)}."
    if not total or rto is None:
        return "The drill did not come to a first answer, and so the model has no total."
    within = [name for name, key in _CASES if (total.number(key) or 0.0) <= rto]
    if len(within) == len(_CASES):
        return f"Within the recovery time objective of {words.span(rto)}, by the model, even unfavourably."
    if not within:
        return f"Beyond the recovery time objective of {words.span(rto)}, by the model, even favourably."
    return f"Within the recovery time objective of {words.span(rto)}, by the model, only {' and '.join(within)}."


_CASES = (("favourably", "low"), ("typically", "typical"), ("unfavourably", "high"))


def _source(figure: Reader) -> Source:
    low, typical, high = (words.span(figure.number(key)) for key in ("low", "typical", "high"))
    return Source(
        figure.text("name"), low, typical, high, figure.text("source"), figure.text("says"), figure.text("read_as")
    )


def _stretched(seconds: Reader) -> str:
    """What this drill really waited for; empty without ``--aws-timing``."""
    return ", ".join(f"{name.replace('_', ' ')} {words.span(seconds.number(name))}" for name, _ in seconds.items())
