"""LiftContainment: roll back blocks and isolation on a person's command; called by the operator API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.adapters.aws.ec2 import open_again
from lyo_dr.adapters.aws.waf import change_set
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.blocking import without_addresses
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.services.breach.breach_context import sets_of


class Request(msgspec.Struct, frozen=True):
    """Whose containment, in whose name, and why."""

    incident: str
    by: str
    why: str


class Lifted(msgspec.Struct, frozen=True):
    """Whether all of it was lifted, and what is to be said."""

    done: bool
    sentence: str


@step("LiftContainment", Request)
def handler(request: Request, ctx: StepContext) -> Lifted:
    """Only what this incident added. Older sessions stay refused: current users have newer ones."""
    blocked = ctx.store.incidents.notes(request.incident, "BLOCKED")
    isolated = ctx.store.incidents.notes(request.incident, "ISOLATED")
    if not blocked and not isolated:
        return Lifted(False, f"{request.incident} has not blocked or isolated anything")
    failed = [*_unblock(ctx, blocked), *_release(isolated)]
    what = ", ".join(sorted({note["address"] for note in blocked} | {_group(note) for note in isolated}))
    sentence = f"{request.by} lifted the containment of {what}: {request.why}"
    if failed:
        sentence = f"Not everything was lifted, try again: {'; '.join(failed)}"
    else:
        ctx.store.blocks.lift(request.incident)
        ctx.store.incidents.set(request.incident, lifted_by=request.by, lifted_at=ctx.now().isoformat())
    ctx.record(request.incident, sentence)
    return Lifted(not failed, sentence)


def _unblock(ctx: StepContext, blocked: list[Item]) -> Iterator[str]:
    """Set by set; a sentence for each that failed."""
    for region, version in sorted({(str(note["region"]), int(note["version"])) for note in blocked}):
        ours = [note["address"] for note in blocked if (note["region"], int(note["version"])) == (region, version)]
        try:
            change_set(sets_of(ctx.plan, region)[version], region, partial(without_addresses, unwanted=ours))
        except LyoDrError as failure:
            yield str(failure)


def _release(isolated: list[Item]) -> Iterator[str]:
    """Group by group, with the rules it had; a sentence for each that failed."""
    for note in isolated:
        try:
            open_again(_group(note), str(note["region"]), json.loads(note["rules"]))
        except LyoDrError as failure:
            yield str(failure)


def _group(note: Item) -> str:
    return str(note["sk"]).rpartition("#")[2]
