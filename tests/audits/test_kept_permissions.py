"""A part of the records and the last whole result, together: what either shows is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audits import __main__ as command
from audits.kept_permissions import NEVER_RUN, OTHER_PATH, OTHER_RESOURCE, as_kept, explained, missing, shown_before
from audits.permissions import judge
from audits.records import Check, Record
from audits.roles import Role, Statement

ROLE = Role(
    "r",
    "incident_response",
    "Triage",
    "us-west-2",
    (Statement("Allow", ("sns:Publish",), ("topic", "other")), Statement("Allow", ("sqs:ListQueues",), ("*",))),
)
PUBLISHED = {Check("r", "sns:Publish", "topic"): 1}
WHOLE = {
    Check("r", "sns:Publish", "topic"): 1,
    Check("r", "sns:Publish", "other"): 2,
    Check("r", "sqs:ListQueues", "*"): 1,
}


def record(checks: dict[Check, int], name: str = "machines") -> Record:
    return Record(name, (ROLE,), checks)


def test_every_permission_is_kept_with_the_record_that_shows_it() -> None:
    kept = as_kept(judge([record(WHOLE, "region-loss")]))
    assert kept["records"] == ["region-loss"]
    assert kept["counts"] == {"proven": 3}
    assert kept["permissions"] == {
        "incident_response.Triage sns:Publish": "proven: region-loss",
        "incident_response.Triage sns:Publish (resource 2)": "proven: region-loss",
        "incident_response.Triage sqs:ListQueues": "proven: region-loss",
    }


def test_what_these_records_do_not_show_was_shown_by_the_last_result() -> None:
    kept = as_kept(judge([record(WHOLE)]))["permissions"]
    verdict = judge([record(PUBLISHED)])
    assert [one.permission.action for one in shown_before(verdict, kept)] == ["sns:Publish", "sqs:ListQueues"]
    assert missing(verdict, kept) == []


def test_a_part_of_the_records_keeps_what_was_shown_before_and_calls_the_rest_not_tried() -> None:
    before = {"incident_response.Triage sqs:ListQueues": "proven: breach", "keeper.Watch s3:GetObject": "proven: blip"}
    kept = as_kept(judge([record(PUBLISHED)]), before)
    assert kept["permissions"] == {
        "incident_response.Triage sns:Publish": "proven: machines",
        "incident_response.Triage sns:Publish (resource 2)": OTHER_RESOURCE,
        "incident_response.Triage sqs:ListQueues": "proven: breach",
        "keeper.Watch s3:GetObject": "proven: blip",
    }
    assert kept["counts"] == {"not tried": 1, "proven": 3}
    assert missing(judge([record(PUBLISHED)]), kept["permissions"]) == []


def test_what_is_not_tried_has_a_kind_of_reason_by_what_is_proven_beside_it() -> None:
    told = {
        "a.Runs s3:GetObject": "proven: machines",
        "a.Runs s3:GetObject (resource 2)": "not tried",
        "a.Runs s3:PutObject": NEVER_RUN,
        "a.Rests s3:GetObject": "not tried",
        "a.Rests logs:PutLogEvents": "implied: AWS Lambda writes the log",
    }
    assert explained(told) == told | {
        "a.Runs s3:GetObject (resource 2)": OTHER_RESOURCE,
        "a.Runs s3:PutObject": OTHER_PATH,
        "a.Rests s3:GetObject": NEVER_RUN,
    }


def test_must_not_fire_what_nothing_ever_showed_is_missing() -> None:
    kept = as_kept(judge([record(PUBLISHED)]))["permissions"]
    verdict = judge([record(PUBLISHED)])
    assert [one.permission.action for one in missing(verdict, kept)] == ["sns:Publish", "sqs:ListQueues"]
    assert len(missing(verdict, {})) == 2


@pytest.mark.parametrize(("shown", "code"), [(WHOLE, 0), (PUBLISHED, 1)])
def test_the_exit_code_takes_the_last_result_into_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: dict[Check, int], code: int
) -> None:
    monkeypatch.setattr(command, "read", lambda _folder: [record(PUBLISHED)])
    monkeypatch.setattr(command, "read_kept", lambda _audit: as_kept(judge([record(shown)])))
    monkeypatch.setattr("sys.argv", ["audits", "--again", "--folder", str(tmp_path), "--with-kept"])
    assert command.main() == code


def test_a_call_nobody_granted_fails_whatever_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger: dict[Check, int] = {**WHOLE, Check("r", "sns:Subscribe", "topic"): 1}
    monkeypatch.setattr(command, "read", lambda _folder: [record(stranger)])
    monkeypatch.setattr(command, "read_kept", lambda _audit: as_kept(judge([record(WHOLE)])))
    monkeypatch.setattr("sys.argv", ["audits", "--again", "--folder", str(tmp_path), "--with-kept"])
    assert command.main() == 1


def test_a_result_is_kept_when_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}

    def keep(audit: str, result: dict[str, Any]) -> Path:
        kept[audit] = result
        return tmp_path

    monkeypatch.setattr(command, "read", lambda _folder: [record(WHOLE)])
    monkeypatch.setattr(command, "keep", keep)
    monkeypatch.setattr(command, "read_kept", lambda _audit: {})
    given = ["audits", "--again", "--folder", str(tmp_path), "--out", str(tmp_path / "out.json")]
    monkeypatch.setattr("sys.argv", given)
    assert command.main() == 0
    assert kept == {}
    monkeypatch.setattr("sys.argv", [*given, "--keep"])
    assert command.main() == 0
    assert len(kept["permissions"]["permissions"]) == 3
