"""Keys that nothing rotates: kept outstanding by an incident or a rotation, closed on a person's word."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.outstanding import by_hand_sentence, keys_by_hand
from lyo_dr.model.issuer import KeyName, Outstanding
from lyo_dr.services.common.notify import notify


def keep_by_hand(ctx: StepContext, names: list[KeyName], incident: str) -> None:
    """Keep them outstanding on this incident and notify responders, each once: what is settled since stays settled."""
    for name in names:
        found = ctx.store.outstanding.find(name)
        if found is not None and found.incident == incident:
            continue
        since = found.since if found is not None and found.wanted != "nothing" else ctx.now()
        sentence = by_hand_sentence(name)
        ctx.record(incident, f"Outstanding: {sentence}")
        ctx.store.outstanding.keep(
            Outstanding(name=name, issuer="", wanted="by_hand", incident=incident, since=since, sentence=sentence)
        )
    notify(ctx, incident, keys_by_hand(names, incident))


def settle_by_hand(ctx: StepContext, found: Outstanding, by: str, why: str) -> str:
    """Close it; the sentence is on the timeline of the incident that opened it."""
    sentence = f"{by} says that {found.name} is done: {why}"
    ctx.record(found.incident, f"No longer outstanding: {sentence}")
    ctx.store.outstanding.settle(msgspec.structs.replace(found, sentence=sentence), sentence)
    return sentence
