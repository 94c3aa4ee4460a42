"""A manifest that was touched is found out, and the entry is named."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable

import pytest

from lyo_dr.decisions.breach.manifest import chain, hash_of, written
from lyo_dr.decisions.breach.verification import FileSeen, faults
from lyo_dr.model.evidence import Entry, Line

CONTENT = {"tasks/a.json": b"a", "tasks/b.json": b"b", "tasks/c.json": b"c"}
Lines = list[Line]


def _seen(content: bytes) -> FileSeen:
    return FileSeen(sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def given_files(**changes: bytes | None) -> dict[str, FileSeen]:
    found = {**CONTENT, **{f"tasks/{name}.json": content for name, content in changes.items()}}
    return {name: _seen(content) for name, content in found.items() if content is not None}


def given_manifest() -> Lines:
    kept = [
        Entry(at="t", part="tasks", what=name, file=name, sha256=_seen(content).sha256, size=len(content))
        for name, content in CONTENT.items()
    ]
    return chain("breach-1", [*kept, Entry(at="t", part="logs", what="log group x", gap="no answer")])


def test_a_manifest_nobody_touched_holds_with_its_head() -> None:
    lines = given_manifest()
    assert faults(lines, given_files(), lines[-1]["hash"]) == []


def test_a_gap_is_an_entry_and_no_fault() -> None:
    assert given_manifest()[-1]["gap"] == "no answer"


def test_the_same_entries_make_the_same_bytes() -> None:
    assert written(given_manifest()) == written(given_manifest())


def test_what_is_added_later_stands_behind_and_the_first_head_stays_a_line() -> None:
    entries = [Entry(at=str(number), part="p", what="w") for number in range(3)]
    first, later = chain("breach-1", entries[:2]), chain("breach-1", entries)
    assert later[:3] == first
    assert faults(later, {}, first[-1]["hash"]) == []


def test_the_same_entries_of_another_incident_have_another_head() -> None:
    entries = [Entry(at="t", part="p", what="w")]
    assert chain("breach-1", entries)[-1]["hash"] != chain("breach-2", entries)[-1]["hash"]


def _change_size(lines: Lines) -> None:
    lines[2]["what"] = "something else"


def _change_and_hash_anew(lines: Lines) -> None:
    lines[2]["what"] = "something else"
    lines[2]["hash"] = hash_of(lines[2])


def _take_out(lines: Lines) -> None:
    del lines[2]


def _exchange(lines: Lines) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def _put_in(lines: Lines) -> None:
    lines.insert(2, copy.deepcopy(lines[1]))


def _cut_off(lines: Lines) -> None:
    del lines[3:]


def _unreadable(lines: Lines) -> None:
    lines[2] = {"number": 2, "what": "a line that cannot be read"}


@pytest.mark.parametrize(
    ("touch", "said"),
    [
        (_change_size, "entry 2 (tasks/b.json) was changed"),
        (_change_and_hash_anew, "entry 3 (tasks/c.json) does not follow entry 2 (tasks/b.json)"),
        (_take_out, "entry 2 is missing"),
        (_exchange, "entry 1 (tasks/a.json) was moved: it stands behind entry 2"),
        (_put_in, "entry 1 (tasks/a.json) was added"),
        (_cut_off, "is the hash of no line: lines were cut off at the end"),
        (_unreadable, "entry 2 (a line that cannot be read) was changed"),
    ],
)
def test_tampered_lines_are_named(touch: Callable[[Lines], None], said: str) -> None:
    lines = given_manifest()
    head = lines[-1]["hash"]
    touch(lines)
    assert [fault for fault in faults(lines, given_files(), head) if said in fault], said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (given_files(b=b"B"), "entry 2 (tasks/b.json): the file was changed, it has 1 bytes"),
        (given_files(b=None), "entry 2 (tasks/b.json): the file is missing"),
        (given_files(x=b"x"), "file tasks/x.json was added: no entry names it"),
    ],
)
def test_tampered_files_are_named_and_nothing_else_is(files: dict[str, FileSeen], said: str) -> None:
    (fault,) = faults(given_manifest(), files)
    assert said in fault


def test_a_manifest_written_anew_as_a_whole_holds_but_for_its_head() -> None:
    lines = chain("breach-1", [Entry(at="t", part="p", what="nothing happened")])
    assert faults(lines, {}) == []
    assert "written anew" in faults(lines, {}, given_manifest()[-1]["hash"])[0]


@pytest.mark.parametrize("lines", [[], [{"number": 0}], [{"format": "something else"}]])
def test_what_is_no_manifest_is_said_to_be_none(lines: Lines) -> None:
    assert faults(lines, {}) == ["the first line is not that of a manifest (lyo-dr evidence 1)"]
