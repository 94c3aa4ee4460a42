"""The page of one drill: everything in one file, without scripts, without anything to fetch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from drills.report import calls, client, conditions, figures, lanes, modelled, parts, texts, timeline, verdict, words
from drills.report.facts import Fact, flatten
from drills.report.figures import Figure
from drills.report.reading import Reader
from drills.report.verdict import Verdict

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Page:
    """What the template needs, computed; the template only draws."""

    drill: str
    kind: str
    texts: texts.Texts
    when: str
    lost: str
    recovered_in: str
    incident: str
    ending: str
    plan: str
    verdict: Verdict
    figures: tuple[Figure, ...]
    timeline: timeline.Timeline
    lanes: lanes.Picture | None
    seen: tuple[tuple[str, str], ...]
    client: client.Picture | None
    attempts: str
    latency: tuple[str, str]
    outage: parts.Bar | None
    outage_caption: str
    critical: parts.Bar | None
    ratio: str
    modelled: modelled.Modelled | None
    decision: tuple[Fact, ...]
    calls: calls.Calls
    after: tuple[tuple[str, str], ...]
    conditions: conditions.Conditions


def write(path: Path, result: dict[str, Any]) -> None:
    """Write the page of a drill's result (the content of ``drill.json``); OSError when that is not possible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(result), encoding="utf-8")


def render(result: dict[str, Any]) -> str:
    """The page of a drill's result. Pure; what the result does not hold is said to be unknown."""
    return _environment().get_template("page.html.j2").render(page=_page(Reader(result)))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(since=words.since, clock=words.clock, short=words.short, ms=words.milliseconds)
    return environment


def _page(result: Reader) -> Page:
    incident, recorded, outage = result.at("incident"), result.at("client"), result.at("outage")
    told = timeline.read(result)
    cut, critical = outage.each("parts"), outage.each("critical_path")
    longest = parts.longest(cut, critical)
    ratio = outage.number("ratio")
    return Page(
        drill=result.text("drill", "unnamed drill"),
        kind=result.text("kind", "failover"),
        texts=texts.of(result),
        when=words.day(told.fault_at),
        lost=result.at("regions").text("lost"),
        recovered_in=result.at("regions").text("recovered_in"),
        incident=incident.text("id"),
        ending=incident.text("ending"),
        plan=result.at("rehearsal").text("plan"),
        verdict=verdict.judge(result),
        figures=tuple(figures.figures(result)),
        timeline=told,
        lanes=lanes.draw(result, told),
        seen=_seen(result),
        client=client.draw(result, told.fault_at),
        attempts=words.whole(recorded.number("attempts")),
        latency=_latency(recorded),
        outage=parts.draw(cut, longest),
        outage_caption=f"To the {'first answer' if told.first_answer is not None else 'last milestone reached'}",
        critical=parts.draw(critical, longest, parts.WAITING),
        ratio="" if ratio is None else words.short(ratio),
        modelled=modelled.read(result),
        decision=tuple(flatten(result.raw("decision")) if result.raw("decision") else ()),
        calls=calls.read(result),
        after=tuple((name, incident.at("after").text(name)) for name, _ in incident.at("after").items()),
        conditions=conditions.read(result),
    )


def _latency(recorded: Reader) -> tuple[str, str]:
    p50, p99 = recorded.number("latency_before_p50_ms"), recorded.number("latency_before_p99_ms")
    return words.milliseconds(p50), words.milliseconds(p99)


def _seen(result: Reader) -> tuple[tuple[str, str], ...]:
    """What an observer saw of a failover, or when the milestones of a breach were reached; else nothing."""
    seen, reached = result.at("seen_from_outside"), result.at("breach").at("seconds_after_opening")
    if reached:
        found = ((name.replace("_", " "), reached.number(name)) for name, _ in reached.items())
        return tuple((name, words.since(after)) for name, after in found if after is not None)
    found = ((name.replace("_", " "), seen.number(name)) for name, _ in seen.items())
    return tuple((name, "never" if after is None else words.since(after)) for name, after in found)
