"""What a hook's answer means for the recovery: it goes on, waits, is held, or stops."""

from __future__ import annotations

from typing import Literal

import msgspec

from lyo_dr.decisions.common.hooks.answer import Heard
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Hook
from lyo_dr.model.plan.hooks import BEFORE_PROMOTION

MOST_FAILURES = 3
"""A hook that raised so often raises."""

Outcome = Literal["done", "failed", "stopped"]
HookStatus = Literal["next", "pending", "hold", "broken", "done"]


class HookVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: this hook is settled. ``hold``: nothing is promoted; ``broken``: it is too late for that.

    ``outcome`` goes on the record of the incident: a hook that is settled is not called again.
    """

    status: HookStatus
    sentence: str
    wait_seconds: int = 1
    outcome: Outcome | None = None


def judge_hook(hook: Hook, heard: Heard, *, deadline: Deadline, failures: int, promoted: bool) -> HookVerdict:
    """``failures`` counts how often it raised, this time included; ``promoted``: the point of no return is passed."""
    if heard.kind == "done":
        took = humanize(deadline.elapsed)
        return HookVerdict(status="next", sentence=f"Hook {hook.name}: done after {took}{_why(heard)}", outcome="done")
    if heard.kind == "abort":
        return _aborted(hook, heard, promoted)
    waits = heard.kind in ("pending", "silent") or (heard.kind == "raised" and failures < MOST_FAILURES)
    if waits and not deadline.expired:
        sentence = f"Hook {hook.name}: {_NOT_DONE[heard.kind]}{_why(heard)}; asked again"
        return HookVerdict(status="pending", sentence=sentence, wait_seconds=deadline.poll)
    what = _NOT_DONE[heard.kind]
    if waits:
        what += f" after the whole budget of {humanize(deadline.budget)}"
    return _without_success(hook, f"{what}{_why(heard)}", promoted)


_NOT_DONE = {
    "pending": "not done",
    "silent": "no answer",
    "raised": "it failed",
    "failed": "it failed",
    "unusable": "no usable answer",
}


def _aborted(hook: Hook, heard: Heard, promoted: bool) -> HookVerdict:
    if hook.may_abort and hook.stage in BEFORE_PROMOTION and not promoted:
        sentence = f"Hook {hook.name}: aborts the failover{_why(heard)}; nothing is promoted"
        return HookVerdict(status="hold", sentence=sentence, outcome="stopped")
    refused = "a database is promoted already" if promoted else "the plan does not let it"
    return _without_success(hook, f"it asks to abort, and {refused}{_why(heard)}", promoted)


def _without_success(hook: Hook, what: str, promoted: bool) -> HookVerdict:
    if not hook.required:
        sentence = f"Hook {hook.name}: {what}; the recovery goes on without it"
        if hook.stage == "on_failure":
            sentence = f"Hook {hook.name}: {what}"
        return HookVerdict(status="next", sentence=sentence, outcome="failed")
    early = hook.stage in BEFORE_PROMOTION and not promoted
    then = "nothing is promoted" if early else "the recovery stops"
    sentence = f"Hook {hook.name}: {what}; the plan requires it, so {then}"
    return HookVerdict(status="hold" if early else "broken", sentence=sentence, outcome="stopped")


def _why(heard: Heard) -> str:
    return f" ({heard.why})" if heard.why else ""
