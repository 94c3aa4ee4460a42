"""``lyo-dr pause``, ``resume``, ``blocked`` and ``acknowledge``: keeping the automation still, and letting it go on."""

from __future__ import annotations

from collections.abc import Sequence

from cli.operator_api import DoorClosed, order, report
from cli.output import refuse, say, timestamp
from cli.region_view import RegionView, ask
from lyo_dr.model.consent import Blocked, Recovery
from lyo_dr.model.plan import Plan

State = tuple[Recovery | None, list[Blocked]]


def brake(plan: Plan, regions: Sequence[str], action: str, why: str = "") -> int:
    """Pause, resume or acknowledge in each of these regions, whether or not another can be reached.

    0 when every region that answered did it, 1 when one refused, 2 when none could be reached.
    """
    results = []
    for region in regions:
        try:
            results.append(report(order(plan, region, action=action, **({"why": why} if why else {}))))
        except DoorClosed as closed:
            say(str(closed), "yellow")
    return max(results) if results else 2


def declare(plan: Plan, region: str) -> int:
    """Ask the door of the other region, which has to be the active one, to declare this one its standby."""
    try:
        return report(order(plan, plan.regions.peer_of(region), action="standby"))
    except DoorClosed as closed:
        raise refuse(str(closed)) from None


def blocked(plan: Plan, regions: Sequence[str]) -> int:
    """What started nothing, and whether the next alarm would. Raises typer.Exit(2) when no region answers."""
    answers = ask(plan, regions, _read)
    if all(answer.silence for answer in answers):
        raise refuse(answers[0].silence or "no region answered")
    for answer in answers:
        say(answer.region, "bold")
        if answer.value is None:
            say(f"  {answer.silence}", "yellow")
            continue
        recovery, alarms = answer.value
        say(f"  {_standing(recovery)}")
        for one in alarms:
            say(f"  {timestamp(one.at)}  {one.incident}: {one.why}")
    return 0


def _read(view: RegionView) -> State:
    return view.brakes.recovery(), view.brakes.blocked()


def _standing(recovery: Recovery | None) -> str:
    if recovery is None:
        return "Nothing was recovered here."
    if recovery.acknowledged_at is not None:
        at = timestamp(recovery.acknowledged_at)
        return f"{recovery.incident} was acknowledged by {recovery.acknowledged_by} at {at}."
    return f"{recovery.incident} ended in a recovery at {timestamp(recovery.at)}; nobody has acknowledged it."
