"""Which step may be skipped when; the twins are the steps that guard against two active regions and lost work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lyo_dr.decisions.incident.skip import PROTECTING, SKIPPABLE, ended_without, may_skip, skip_line, skipped_sentence
from lyo_dr.model.step_record import Skip
from tests.unit.builders import IRELAND, OREGON, at

ID = "region-eu-west-1-20260329T120000"
OPEN: dict[str, Any] = {"state": "open", "region": OREGON, "lost_region": IRELAND, "execution": ID}
STEPS = Path(__file__).resolve().parents[4] / "lambdas" / "lyo_dr" / "steps"


def a_skip(**changes: Any) -> Skip:
    facts: dict[str, Any] = {"step": "CheckEndpoints", "by": "arn:ada", "why": "search is down", "at": at(60)}
    return Skip(**{**facts, **changes})


def asked(step: str = "CheckEndpoints", incident: str = ID, before: Skip | None = None, **head: Any) -> Any:
    return may_skip(incident, step, None if head.get("state") == "none" else {**OPEN, **head}, before, here=OREGON)


@pytest.mark.parametrize("step", SKIPPABLE)
@pytest.mark.parametrize("state", ["open", "failed"])
def test_a_step_that_only_observes_is_skipped_before_during_and_after_its_failure(step: str, state: str) -> None:
    verdict = asked(step, state=state)
    assert verdict.allowed
    goes_on = f"`lyo-dr resume {ID}` goes on past it" if state == "failed" else "the incident goes on without it"
    assert verdict.sentence == f"{step} will be skipped; {goes_on}"


def test_a_second_time_it_says_by_whom_it_is_skipped() -> None:
    verdict = asked(before=a_skip())
    assert (verdict.allowed, verdict.sentence) == (
        True,
        "CheckEndpoints is skipped already, by arn:ada: search is down",
    )


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "the fence": (
        {"step": "FenceServices"},
        (
            "FenceServices cannot be skipped: it fences the lost region: without it both regions could accept writes; "
            f"remove its cause, then `lyo-dr retry {ID} FenceServices`"
        ),
    ),
    "the gate": (
        {"step": "CheckGate"},
        (
            "CheckGate cannot be skipped: it is the gate: without it work could be lost that nobody consented to; "
            f"remove its cause, then `lyo-dr retry {ID} CheckGate`"
        ),
    ),
    "a typo": (
        {"step": "CheckEndpoint"},
        (
            "CheckEndpoint is no step that can be skipped; did you mean CheckEndpoints? "
            "Skippable are CheckCapacity, CheckEndpoints, CheckTraffic"
        ),
    ),
    "no step at all": (
        {"step": "Nonsense"},
        "Nonsense is no step that can be skipped. Skippable are CheckCapacity, CheckEndpoints, CheckTraffic",
    ),
    "there is no such incident": ({"state": "none"}, f"there is no incident {ID} in us-west-2"),
    "it recovered": (
        {"state": "closed", "ending": "recovered"},
        f"{ID} has ended (recovered); there is nothing left to skip",
    ),
    "a restore": (
        {"region": IRELAND, "database": "bookings"},
        f"{ID} is a restore: no step of a restore is skipped; one that fails is rolled back",
    ),
    "a breach": (
        {"breach": "f1"},
        f"{ID} is a breach: no step of its response is skipped; report it again: `lyo-dr breach report`",
    ),
    "a rotation": (
        {"incident": "rotation-x", "state": "none"},
        "rotation-x is a rotation: no step of a rotation is skipped; the next one finishes it: `lyo-dr rotate`",
    ),
}


@pytest.mark.parametrize(("facts", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_the_twin_anything_else_is_refused_with_the_reason_and_what_to_do_instead(
    facts: dict[str, Any], sentence: str
) -> None:
    verdict = asked(**facts)
    assert (verdict.allowed, verdict.sentence) == (False, sentence)


@pytest.mark.parametrize("step", PROTECTING)
def test_the_twin_what_protects_is_never_skipped_and_the_two_tables_share_nothing(step: str) -> None:
    assert step not in SKIPPABLE
    assert not asked(step).allowed


def test_code_and_table_name_the_same_steps() -> None:
    marked = {path.stem for path in STEPS.rglob("*.py") if "\n@skippable\n" in path.read_text(encoding="utf-8")}
    assert marked == {"check_capacity", "check_endpoints", "check_traffic"}
    assert set(SKIPPABLE) == {"".join(word.capitalize() for word in name.split("_")) for name in marked}


def test_no_skippable_step_changes_or_guards_anything_by_its_reason() -> None:
    assert all(reason.startswith("it only ") for reason in SKIPPABLE.values())


def test_what_is_said() -> None:
    assert skip_line(a_skip()).startswith("arn:ada skips CheckEndpoints: search is down. Allowed, as it only asks")
    assert skipped_sentence(a_skip()) == "Skipped, not checked: arn:ada said: search is down"


def test_an_ending_names_what_it_was_reached_without_and_the_twin_what_was_not_reached_is_not_named() -> None:
    used = a_skip(used_at=at(90))
    assert ended_without("Recovered", [used]) == (
        "Recovered; skipped, not checked: CheckEndpoints (by arn:ada: search is down)"
    )
    assert ended_without("Recovered", [a_skip()]) == "Recovered"
    assert ended_without("Recovered", []) == "Recovered"
