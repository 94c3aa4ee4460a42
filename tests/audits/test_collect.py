"""Records come from runs that have succeeded, or there is nothing to judge."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audits import __main__ as command
from audits.collect import NoRecordError, Source, gather, read, run, sources
from audits.permissions import judge
from audits.records import Check, Record
from audits.roles import Role, Statement
from drills.scenarios.catalogue import DRILLS

_KEEP = """
import os, pathlib
place = pathlib.Path(os.environ["REHEARSAL_KEEP_CALLS"], "world")
place.mkdir(parents=True)
(place / "calls.jsonl").touch()
print("what it said last")
raise SystemExit({code})
"""


def running(code: str, *fine: int) -> Source:
    return Source("tiny", "A tiny run", ("-c", code), fine or (0,))


@pytest.mark.parametrize("code", [0, 1])
def test_a_run_that_ends_as_it_may_leaves_its_record(tmp_path: Path, code: int) -> None:
    run(running(_KEEP.format(code=code), 0, 1), tmp_path)
    assert (tmp_path / "world" / "calls.jsonl").exists()


def test_a_run_that_fails_is_no_record_and_its_last_words_are_shown(tmp_path: Path) -> None:
    with pytest.raises(NoRecordError, match=r"(?s)tiny ended with 1: .*what it said last"):
        run(running(_KEEP.format(code=1)), tmp_path)


def test_a_run_without_calls_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(NoRecordError, match="tiny left no record of its calls"):
        run(running("pass"), tmp_path)


def _given_sources(monkeypatch: pytest.MonkeyPatch, *given: Source) -> None:
    monkeypatch.setattr("audits.collect.sources", lambda _plan, _results: given)


def test_what_was_recorded_before_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = running(_KEEP.format(code=0)), Source("other", "Another run", ("-c", "raise SystemExit(3)"))
    _given_sources(monkeypatch, good, bad)
    said: list[str] = []
    with pytest.raises(NoRecordError, match="other ended with 3"):
        gather(Path("plan.yaml"), tmp_path, said.append)
    assert [line.split(":")[0] for line in said] == [
        "[1/2] A tiny run ...",
        "[1/2] tiny",
        "[2/2] Another run ...",
    ]

    said.clear()
    _given_sources(monkeypatch, good, Source("other", "Another run", ("-c", _KEEP.format(code=0))))
    gather(Path("plan.yaml"), tmp_path, said.append)
    assert said[:2] == ["[1/2] A tiny run: recorded before", "[2/2] Another run ..."]


def test_some_records_are_made_alone_and_one_nobody_knows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = running(_KEEP.format(code=0)), Source("other", "Another run", ("-c", "raise SystemExit(3)"))
    _given_sources(monkeypatch, good, bad)
    said: list[str] = []
    gather(Path("plan.yaml"), tmp_path, said.append, ["tiny"])
    assert [line.split(":")[0] for line in said] == ["[1/1] A tiny run ...", "[1/1] tiny"]
    with pytest.raises(NoRecordError, match="there is no record 'tinny'; did you mean 'tiny'"):
        gather(Path("plan.yaml"), tmp_path, said.append, ["tinny"])


def test_what_a_run_that_broke_off_had_left_is_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = tmp_path / "records" / "tiny" / "half"
    half.mkdir(parents=True)
    (half / "calls.jsonl").touch()
    _given_sources(monkeypatch, running(_KEEP.format(code=0)))
    gather(Path("plan.yaml"), tmp_path, lambda _sentence: None)
    assert not half.exists()


def test_the_roles_of_a_run_are_synthesised_once_and_read_back_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_here = Statement("Allow", ("sns:Publish",), ("arn",), {"StringEquals": {"aws:RequestedRegion": ["us-west-2"]}})
    role = Role("r", "incident_response", "Triage", "us-west-2", (only_here,))
    asked: list[Path] = []

    def synthesised(plan: Path, _platform: str, _cache: Path) -> Path:
        asked.append(plan)
        return plan

    monkeypatch.setattr("audits.collect.synthesise", synthesised)
    monkeypatch.setattr("audits.collect.read_roles", lambda _assembly: [role])
    left = tmp_path / "records" / "tiny" / "world"
    left.mkdir(parents=True)
    (left / "calls.jsonl").touch()

    (first,), (again,) = read(tmp_path), read(tmp_path)
    assert first.roles == again.roles == (role,)
    assert asked == [left / "plan.json"]


def test_the_templates_a_world_left_are_read_and_nothing_is_synthesised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = Role("r", "incident_response", "Triage", "us-west-2", ())
    monkeypatch.setattr("audits.collect.synthesise", lambda *_given: pytest.fail("it was synthesised"))
    left = tmp_path / "records" / "tiny" / "world"
    monkeypatch.setattr("audits.collect.read_roles", lambda assembly: [role] if assembly == left / "assembly" else [])
    (left / "assembly").mkdir(parents=True)
    (left / "calls.jsonl").touch()
    (found,) = read(tmp_path)
    assert found.roles == (role,)


def test_an_empty_folder_is_no_proof(tmp_path: Path) -> None:
    with pytest.raises(NoRecordError, match="holds no records"):
        read(tmp_path)


def test_every_source_names_files_that_exist(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    named = [word for source in sources(Path("plan.yaml"), tmp_path) for word in source.arguments]
    assert [word for word in named if re.match(r"tests/", word) and not (root / word).exists()] == []


def test_every_drill_is_a_source_and_no_two_share_a_name(tmp_path: Path) -> None:
    names = [source.name for source in sources(Path("plan.yaml"), tmp_path)]
    assert set(DRILLS) - set(names) == {"many"}
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("action", "code"), [("sns:Publish", 0), ("sns:Subscribe", 1)])
def test_the_exit_code_says_whether_every_permission_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, code: int
) -> None:
    role = Role("r", "incident_response", "Triage", "us-west-2", (Statement("Allow", (action,), ("*",)),))
    used = {Check("r", "sns:Publish", "*"): 1} if action == "sns:Publish" else {}
    record = Record("drill", (role,), used)
    assert judge([record]).holds == (code == 0)
    monkeypatch.setattr(command, "read", lambda _folder: [record])
    out = tmp_path / "permissions.json"
    monkeypatch.setattr("sys.argv", ["audits", "--again", "--folder", str(tmp_path), "--out", str(out)])
    assert command.main() == code
    assert out.exists()


def test_without_records_the_exit_code_is_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["audits", "--again", "--folder", str(tmp_path)])
    assert command.main() == 2
