"""Findings after a breach: what the intruder can still reach, and how long each milestone took."""

from __future__ import annotations

from typing import Any

from drills.client.attempt_log import read
from drills.engine import notifications
from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.results.record import TimelineLine
from drills.scenarios.breach import stolen_session
from drills.scenarios.breach.breach import BreachState, part
from drills.scenarios.rotation import findings as rotation_findings


def collect(ctx: DrillContext) -> dict[str, str]:
    """What the intruder can still reach, and how long each milestone took."""
    state = ctx.state(BreachState)
    found = {"blocked": ", ".join(_blocked(ctx)), **_figures(ctx)}
    for audience in ("legal", "responders"):
        sent = notifications.messages(ctx, ctx.primary, audience)
        found[f"{audience} heard"] = "\n".join(f"{subject}: {text}" for subject, text in sent)
    if state.intruder is not None:
        state.intruder.stop()
        tried = state.intruder.tried()
        ways = {way: [one for one in tried if one.way == way] for way in ("sql", "http")}
        found |= {f"{way} before": ways[way][0].said for way in ways if ways[way]}
        found |= {f"{way} in the end": ways[way][-1].said for way in ways if ways[way]}
        found["rows after thrown out"] = str(_returned([one.said for one in ways["sql"]]))
        found["stolen session"] = stolen_session.answer(ctx, state.session)
        thrown = [one.at for one in ways["sql"] if one.said.startswith("thrown out")]
        ctx.notes["figures"]["thrown out"] = round(thrown[0] - ctx.notes["since"], 2) if thrown else None
    failed = sum(not attempt.ok for attempt in read(ctx.attempts))
    ctx.notes["figures"]["failed bookings"] = failed
    figures = ", ".join(f"{name} {value}" for name, value in ctx.notes["figures"].items() if value is not None)
    ctx.screen.stage(f"Seconds since the incident was opened: {figures}")
    return found


def collect_rotated(ctx: DrillContext) -> dict[str, Any]:
    """The same, and the findings of the rotation that the breach ran."""
    return {**collect(ctx), **rotation_findings.collect(ctx)}


def _figures(ctx: DrillContext) -> dict[str, str]:
    """Seconds from the opening of the incident to each milestone, by the product's own sentences."""
    view = IncidentView(ctx.world, ctx.world.names(ctx.primary))
    incident = view.newest(0.0)
    lines = [*(view.lines(incident) if incident else []), *ctx.other_lines]
    since = min((line.at for line in lines if line.step == "OpenIncident"), default=0.0)
    since = ctx.notes.setdefault("since", since)
    marks = {
        "told": ("AnnounceBreach", "Notified legal"),
        "preserved": ("SealManifest", ""),
        "contained": ("RevokeSessions|BlockAddresses", ""),
        "rotated": ("CloseRotation", "Rotated"),
        "proven": ("ProveContained", "Proven"),
    }
    ctx.notes["figures"] = {name: _first(lines, since, *mark) for name, mark in marks.items()}
    ctx.notes["figures"]["blocked"] = _first(lines, since, "BlockAddresses", "Blocked")
    head = view.head(incident) if incident else {}
    rotated = ctx.world.client("stepfunctions", ctx.primary).list_executions(
        stateMachineArn=ctx.world.names(ctx.primary).machine("secret_rotation")
    )
    return {"notify before": str(head.get("notify_before", "")), "rotations": str(len(rotated["executions"]))}


def _first(lines: list[TimelineLine], since: float, steps: str, begins: str) -> float | None:
    """The last first: a milestone of two steps is reached with the later one."""
    wanted = steps.split("|")
    at = [min((x.at for x in lines if x.step == s and x.sentence.startswith(begins)), default=None) for s in wanted]
    return None if not at or None in at else round(max(moment for moment in at if moment is not None) - since, 2)


def _blocked(ctx: DrillContext) -> list[str]:
    found = []
    for region in ctx.pair:
        waf, name = ctx.world.client("wafv2", region), part(ctx).ip_sets[region].ipv4
        for each in waf.list_ip_sets(Scope="REGIONAL")["IPSets"]:
            if each["Name"] == name:
                content = waf.get_ip_set(Name=name, Scope="REGIONAL", Id=each["Id"])["IPSet"]["Addresses"]
                found += [f"{address} in {region}" for address in content]
    return found


def _returned(said: list[str]) -> int:
    """How often rows were read again after the intruder had been thrown out once."""
    out = next((index for index, one in enumerate(said) if one.startswith("thrown out")), len(said))
    return sum(one == "rows" for one in said[out:])
