"""Where data may be: what is refused, what an exception allows, and what is not judged."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan.file import PlanFaults, read_plan
from lyo_dr.model.plan.residency import AREAS
from tests.plans import lyo_plan, plan_of_two, raw_plan, raw_plan_of_two

_SECONDARY = {"what": "secondary", "why": "standard contractual clauses, decided by the controller"}
_DETECTION = {"what": "detection", "why": "addresses of staff who have agreed"}


def faults(raw: dict[str, Any]) -> list[str]:
    try:
        read_plan(raw)
    except PlanFaults as found:
        return found.faults
    return []


def residency(*exceptions: dict[str, str], within: list[str] | None = None) -> dict[str, Any]:
    return {"within": within or ["eu"], "exceptions": list(exceptions)}


def test_nothing_is_checked_and_no_byte_changes_where_the_plan_does_not_ask() -> None:
    assert lyo_plan().residency is None
    assert '"residency"' not in lyo_plan().to_json()
    assert '"residency"' in lyo_plan(residency=residency(_SECONDARY)).to_json()


def test_a_region_outside_is_refused_with_what_would_be_there() -> None:
    (said,) = faults(raw_plan(residency=residency()))
    assert said == (
        "regions.secondary: us-west-2 is outside eu (residency), and databases, backups, logs and evidence would be "
        "there; choose another region, or name secondary under residency.exceptions, and why"
    )


def test_a_named_exception_allows_it() -> None:
    assert faults(raw_plan(residency=residency(_SECONDARY))) == []


def test_an_exception_allows_what_it_names_and_nothing_else() -> None:
    said = faults(raw_plan(residency=residency({**_SECONDARY, "what": "primary"})))
    assert [each.partition(":")[0] for each in said] == ["regions.secondary", "residency.exceptions[0]"]


@pytest.mark.parametrize("within", [["eu", "us"], ["eu-west-1", "us-west-2"], ["eu", "us-west-2"]])
def test_a_pair_within_needs_no_exception_and_refuses_one(within: list[str]) -> None:
    assert faults(raw_plan(residency=residency(within=within))) == []
    (said,) = faults(raw_plan(residency=residency(_SECONDARY, within=within)))
    assert said.startswith("residency.exceptions[0]: us-west-2 is within ")


def test_the_neutral_region_stores_nothing_and_may_be_anywhere() -> None:
    raw = raw_plan(residency=residency(_SECONDARY), regions__neutral="us-east-2")
    assert faults(raw) == []


@pytest.mark.parametrize("region", ["eu-west-2", "eu-central-2"])
def test_london_and_zurich_are_not_in_the_european_union(region: str) -> None:
    assert region not in AREAS["eu"]


def test_addresses_in_us_east_1_need_an_exception_where_there_are_any() -> None:
    raw = raw_plan_of_two(residency=residency(_SECONDARY))
    assert plan_of_two().front_service().name == "assistant"
    (said,) = faults(raw)
    assert said.startswith(
        "contacts.responders: their addresses would be in us-east-1 as well, outside eu (residency): a topic there "
        "tells of worker; name detection under residency.exceptions"
    )
    assert faults(raw_plan_of_two(residency=residency(_SECONDARY, _DETECTION))) == []
    assert faults(raw_plan_of_two(residency=residency(within=["eu", "us"]))) == []


def test_with_one_service_there_is_no_topic_and_the_exception_is_refused() -> None:
    (said,) = faults(raw_plan(residency=residency(_SECONDARY, _DETECTION)))
    assert said == "residency.exceptions[1]: detection holds no address in this plan; leave it out"


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"within": []}, "residency.within: empty; name at least one"),
        ({"within": ["europe"]}, "residency.within[0]: 'europe' is no area; write eu, us, or the name of a region"),
        ({"within": ["EU"]}, "residency.within[0]: 'EU' is no area; did you mean 'eu'?"),
        ("eu", "residency: text where a mapping belongs; write a mapping with within"),
        (residency({"what": "secondary", "why": " "}), "residency.exceptions[0].why: ' ' gives no reason"),
        (residency({"what": "bucket", "why": "x"}), "residency.exceptions[0].what: 'bucket' is not known; write"),
        (residency(_SECONDARY, _SECONDARY), "residency.exceptions[1]: secondary is excepted twice"),
    ],
)
def test_a_part_that_cannot_be_taken_is_a_sentence(part: Any, sentence: str) -> None:
    assert any(each.startswith(sentence) for each in faults(raw_plan(residency=part))), faults(raw_plan(residency=part))
