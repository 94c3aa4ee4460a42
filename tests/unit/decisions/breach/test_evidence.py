"""What is asked for, in which order, and what is left out because it may be a secret."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from lyo_dr.decisions.breach.evidence import exported, file_name, fresh_slices, lookups
from lyo_dr.decisions.breach.redaction import WITHHELD, without_credentials, without_environment
from lyo_dr.model.deadline import patience
from lyo_dr.model.evidence import Lookup, milliseconds
from tests.unit.builders import NOON, at

HOUR = timedelta(hours=1)


def test_the_newest_hour_of_every_group_comes_first_and_nothing_is_left_out() -> None:
    hours = fresh_slices(["a", "b"], NOON, at(90), 3 * HOUR)
    assert [hour.group for hour in hours] == ["a", "b"] * 3
    ours = [hour for hour in hours if hour.group == "a"]
    assert (ours[0].begins, ours[0].ends) == (milliseconds(NOON - HOUR), milliseconds(at(90)) - 1)
    assert ours[-1].begins == milliseconds(NOON - 3 * HOUR)
    assert all(older.ends + 1 == newer.begins for newer, older in itertools.pairwise(ours))


def test_a_window_that_is_no_whole_number_of_hours_is_covered_too() -> None:
    hours = fresh_slices(["a"], NOON, NOON, timedelta(minutes=90))
    assert [hour.begins for hour in hours] == [milliseconds(NOON - HOUR), milliseconds(NOON - 1.5 * HOUR)]


def test_without_groups_there_is_nothing_to_copy() -> None:
    assert fresh_slices([], NOON, NOON, 3 * HOUR) == []


def test_an_export_reaches_back_as_far_as_the_plan_says() -> None:
    part = exported("a", NOON, timedelta(days=7))
    assert part.ends - part.begins == 7 * 86_400_000


@pytest.mark.parametrize(
    ("principal", "asked"),
    [
        ("arn:aws:iam::123456789012:user/mallory", ("Username", "mallory")),
        ("arn:aws:iam::123456789012:user/team/mallory", ("Username", "mallory")),
        ("arn:aws:sts::123456789012:assumed-role/app/i-0abc", ("Username", "i-0abc")),
        ("arn:aws:iam::123456789012:role/app", ("ResourceName", "arn:aws:iam::123456789012:role/app")),
        ("arn:aws:iam::123456789012:root", ("Username", "root")),
        ("mallory", ("Username", "mallory")),
        ("AKIAIOSFODNN7EXAMPLE", ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")),
    ],
)
def test_each_principal_is_looked_up_by_what_the_history_knows_it_as(principal: str, asked: tuple[str, str]) -> None:
    assert lookups([principal, principal]) == [(principal, Lookup(attribute=asked[0], value=asked[1]))]


def test_waiting_for_exports_never_fills_the_history_of_an_execution() -> None:
    waited, looks = timedelta(0), 0
    while waited < timedelta(hours=24):
        waited += timedelta(seconds=patience(waited, timedelta(seconds=15)))
        looks += 1
    assert looks < 500


def test_the_first_look_at_an_export_comes_after_one_poll() -> None:
    assert patience(timedelta(0), timedelta(seconds=15)) == 15


def test_names_of_aws_become_names_of_files() -> None:
    assert file_name("arn:aws:iam::1:user/mallory") == "arn_aws_iam_1_user_mallory"
    assert file_name("/ecs/lyo") == "ecs_lyo"
    assert file_name("../..") not in ("..", "../..")


def test_values_of_environment_variables_are_left_out_and_their_names_stay() -> None:
    described = {
        "containerDefinitions": [
            {"name": "app", "environment": [{"name": "TOKEN", "value": "s3cr3t"}], "secrets": [{"name": "URL"}]}
        ],
        "overrides": {"containerOverrides": [{"environment": [{"name": "A", "value": "s3cr3t"}], "command": ["run"]}]},
    }
    kept = without_environment(described)
    assert "s3cr3t" not in str(kept)
    assert kept["containerDefinitions"][0]["environment"] == [{"name": "TOKEN", "value": WITHHELD}]
    assert kept["overrides"]["containerOverrides"][0]["command"] == ["run"]
    assert kept["containerDefinitions"][0]["secrets"] == [{"name": "URL"}]


def test_headers_that_carry_credentials_and_the_query_are_left_out_of_a_sampled_request() -> None:
    headers = [{"Name": "Authorization", "Value": "s3cr3t"}, {"Name": "User-Agent", "Value": "curl"}]
    asked = {"ClientIP": "203.0.113.7", "URI": "/login?token=s3cr3t", "Headers": headers}
    kept = without_credentials({"Request": asked, "Action": "ALLOW"})
    assert "s3cr3t" not in str(kept)
    assert kept["Request"]["ClientIP"] == "203.0.113.7"
    assert kept["Request"]["URI"] == "/login"
    assert kept["Request"]["Headers"][1]["Value"] == "curl"
