"""What an answer of a hook means for the recovery, and that what has to go on does."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.common.hooks.answer import LONGEST_WHY, Heard, Kind, cut, read_answer
from lyo_dr.decisions.common.hooks.event import event_of
from lyo_dr.decisions.common.hooks.stages import stages_with_hooks
from lyo_dr.decisions.common.hooks.verdict import MOST_FAILURES, HookVerdict, judge_hook
from lyo_dr.model.plan import Hook
from lyo_dr.model.plan.hooks import BEFORE_PROMOTION, STAGES
from lyo_dr.model.verdict import StageWithHooks
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, OREGON, a_deadline, an_incident, at

BUDGET = timedelta(minutes=2)
IN_TIME, TOO_LATE = 30.0, 120.0
SAMPLE = Path(__file__).parents[4] / "docs" / "how-to" / "hooks.md"


def a_hook(stage: Any = "before_traffic", **words: Any) -> Hook:
    places = {IRELAND: "shop-start-consumers", OREGON: "shop-start-consumers"}
    return Hook(name="consumers", stage=stage, budget=BUDGET, function=places, **words)


def judged(
    hook: Hook, kind: Kind, *, spent: float = IN_TIME, failures: int = 0, promoted: bool = False, why: str = ""
) -> HookVerdict:
    deadline = a_deadline(BUDGET, spent=spent)
    return judge_hook(hook, Heard(kind, why), deadline=deadline, failures=failures, promoted=promoted)


SILENT_IN_THE_END = [("silent", 0), ("pending", 0), ("raised", MOST_FAILURES), ("failed", 0), ("unusable", 0)]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("kind", "failures"), SILENT_IN_THE_END)
def test_must_not_fire_a_hook_without_success_stops_nothing(stage: str, kind: Kind, failures: int) -> None:
    for promoted in (False, True):
        verdict = judged(a_hook(stage), kind, spent=TOO_LATE, failures=failures, promoted=promoted)
        assert (verdict.status, verdict.outcome) == ("next", "failed")
        assert verdict.sentence.endswith("; the recovery goes on without it")


@pytest.mark.parametrize(("kind", "failures"), SILENT_IN_THE_END)
@pytest.mark.parametrize("stage", STAGES)
def test_a_required_one_holds_before_the_promotion_and_stops_after_it(stage: Any, kind: Kind, failures: int) -> None:
    verdict = judged(a_hook(stage, required=True), kind, spent=TOO_LATE, failures=failures)
    assert verdict.status == ("hold" if stage in BEFORE_PROMOTION else "broken")
    assert verdict.outcome == "stopped"
    assert "the plan requires it" in verdict.sentence
    # Taken up again after a promotion there is nothing left to hold.
    later = judged(a_hook(stage, required=True), kind, spent=TOO_LATE, failures=failures, promoted=True)
    assert later.status == "broken"


@pytest.mark.parametrize(("kind", "failures"), [("silent", 0), ("pending", 0), ("raised", 1), ("raised", 2)])
def test_it_is_asked_again_within_its_budget(kind: Kind, failures: int) -> None:
    verdict = judged(a_hook(required=True), kind, failures=failures)
    assert (verdict.status, verdict.outcome, verdict.wait_seconds) == ("pending", None, 15)


@pytest.mark.parametrize(("kind", "failures"), [("raised", MOST_FAILURES), ("failed", 0), ("unusable", 0)])
def test_what_will_not_come_is_not_waited_for(kind: Kind, failures: int) -> None:
    assert judged(a_hook(), kind, failures=failures).status == "next"


def test_a_late_done_is_done() -> None:
    verdict = judged(a_hook(required=True), "done", spent=TOO_LATE, why="all told")
    assert (verdict.status, verdict.outcome) == ("next", "done")
    assert verdict.sentence == "Hook consumers: done after 2 min (all told)"


@pytest.mark.parametrize("stage", BEFORE_PROMOTION)
@pytest.mark.parametrize("spent", [IN_TIME, TOO_LATE])
def test_an_abort_before_the_promotion_holds_where_the_plan_lets_it(stage: str, spent: float) -> None:
    verdict = judged(a_hook(stage, may_abort=True), "abort", spent=spent, why="the ledger is open")
    assert (verdict.status, verdict.outcome) == ("hold", "stopped")
    assert verdict.sentence == "Hook consumers: aborts the failover (the ledger is open); nothing is promoted"


@pytest.mark.parametrize(
    ("hook", "promoted"),
    [
        (a_hook("before_promotion"), False),
        (a_hook("before_promotion", may_abort=True), True),
        (a_hook("before_fence", may_abort=True), True),
        (a_hook("before_traffic", may_abort=True), True),
        (a_hook("before_traffic", may_abort=True), False),
    ],
)
def test_must_not_fire_an_abort_too_late_or_not_allowed(hook: Hook, promoted: bool) -> None:
    verdict = judged(hook, "abort", promoted=promoted)
    assert (verdict.status, verdict.outcome) == ("next", "failed")


def test_on_failure_nothing_goes_on() -> None:
    verdict = judged(a_hook("on_failure"), "silent", spent=TOO_LATE)
    assert verdict.sentence == "Hook consumers: no answer after the whole budget of 2 min"


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ({"status": "done", "why": "told"}, Heard("done", "told")),
        ({"status": "pending"}, Heard("pending")),
        ({"status": "abort", "why": 7}, Heard("abort")),
        ({"status": "done", "more": {"status": "abort"}}, Heard("done")),
    ],
)
def test_an_answer_by_the_contract(answer: Any, heard: Heard) -> None:
    assert read_answer(answer) == heard


@pytest.mark.parametrize(
    "answer", [None, "done", ["done"], {}, {"status": "ok"}, {"status": None}, {"status": ["done"]}]
)
def test_any_other_answer_is_no_success(answer: Any) -> None:
    assert read_answer(answer).kind == "unusable"


def test_foreign_text_is_cut_and_neither_markup_nor_a_control_sequence() -> None:
    assert cut("[bold]all\x1b[31m\n told <script>") == "bold all 31m told script"
    assert len(cut("x" * 10_000)) == LONGEST_WHY


def test_the_sample_event_of_the_documents_is_what_is_sent() -> None:
    (sample,) = re.findall(r"```json\n(\{\n.*?)```", SAMPLE.read_text(encoding="utf-8"), re.DOTALL)
    assert json.loads(sample) == event_of(a_hook(), an_incident(), attempt=1, deadline=at(125))


@pytest.mark.parametrize(
    ("changes", "kind"), [({"database": "bookings"}, "restore"), ({"breach": "finding-1"}, "breach")]
)
def test_no_region_is_lost_in_a_restore_or_a_breach(changes: dict[str, str], kind: str) -> None:
    event = event_of(a_hook("on_failure"), an_incident(**changes), attempt=1, deadline=at(125))
    assert (event["kind"], event["lost_region"]) == (kind, None)


def test_a_stage_without_hooks_is_nothing_to_map_over() -> None:
    assert stages_with_hooks(lyo_plan()) == {stage: [] for stage in STAGES}


@pytest.mark.parametrize("required", [False, True])
def test_a_stage_is_required_as_one_of_its_hooks_is(required: bool) -> None:
    plan = msgspec.structs.replace(lyo_plan(), hooks=[a_hook(), a_hook(required=required)])
    found = {stage: items for stage, items in stages_with_hooks(plan).items() if items}
    assert found == {"before_traffic": [StageWithHooks("before_traffic", required)]}
    (later,) = stages_with_hooks(plan, promoted=True)["before_traffic"]
    assert later.promoted, "what an earlier run has promoted is not undone"
