"""``lyo-dr pause``, ``resume``, ``blocked``, ``acknowledge`` and ``standby``: controls of the automation."""

from __future__ import annotations

from collections.abc import Sequence

from cli.operator_api import OperatorApiUnreachable, print_reply, send_command
from cli.output import print_row, refuse, say, timestamp
from cli.region_view import ONE_SILENT, RegionView, ask, exit_code, failures
from lyo_dr.model.consent import Blocked, Recovery
from lyo_dr.model.plan import Plan

State = tuple[Recovery | None, list[Blocked]]


def control(plan: Plan, regions: Sequence[str], action: str, why: str = "") -> int:
    """Pause, resume or acknowledge in each of these regions, even if another cannot be reached.

    Exit code: 0 when every region did it, 1 when one refused, 2 when none could be reached, 3 when one could not.
    """
    results = []
    for region in regions:
        try:
            results.append(print_reply(send_command(plan, region, action=action, **({"why": why} if why else {}))))
        except OperatorApiUnreachable as closed:
            say(str(closed), "yellow")
    if not results:
        return 2
    return max(results) or (0 if len(results) == len(regions) else ONE_SILENT)


def release(plan: Plan, holder: str, why: str) -> int:
    """End the lease an incident keeps, in the region whose table holds it; the exit code. Raises typer.Exit(2)."""
    answers = ask(plan, plan.regions.pair, lambda view: view.store.control.lease())
    where = [answer.region for answer in answers if answer.value is not None and answer.value.holder == holder]
    if not where:
        if missing := failures(answers):
            raise refuse(f"whether {holder} holds a lease is not known", *missing)
        held = sorted({answer.value.holder for answer in answers if answer.value is not None})
        raise refuse(f"{holder} holds no lease; last held by: {', '.join(held) or 'nobody'}")
    try:
        return print_reply(send_command(plan, where[0], action="release", incident=holder, why=why))
    except OperatorApiUnreachable as closed:
        raise refuse(str(closed)) from None


def declare_standby(plan: Plan, region: str) -> int:
    """Declare a region the standby, through the operator API of the other one, which has to be active."""
    try:
        return print_reply(send_command(plan, plan.regions.peer_of(region), action="standby"))
    except OperatorApiUnreachable as closed:
        raise refuse(str(closed)) from None


def blocked(plan: Plan, regions: Sequence[str]) -> int:
    """Show blocked alarms, and whether the next one would start a recovery. Raises typer.Exit(2)."""
    answers = ask(plan, regions, _read)
    if all(answer.failure for answer in answers):
        raise refuse(*failures(answers))
    for answer in answers:
        say(answer.region, "bold")
        if answer.value is None:
            say(f"  {answer.failure}", "yellow")
            continue
        recovery, alarms = answer.value
        say(f"  {_standing(recovery)}")
        for one in alarms:
            print_row(f"  {timestamp(one.at)}  ", f"{one.incident}: {one.why}")
    return exit_code(answers)


def _read(view: RegionView) -> State:
    return view.store.controls.recovery(), view.store.controls.blocked()


def _standing(recovery: Recovery | None) -> str:
    if recovery is None:
        return "No recovery here."
    if recovery.acknowledged_at is not None:
        at = timestamp(recovery.acknowledged_at)
        return f"{recovery.incident} was acknowledged by {recovery.acknowledged_by} at {at}."
    return f"{recovery.incident} ended in a recovery at {timestamp(recovery.at)}; not acknowledged yet."
