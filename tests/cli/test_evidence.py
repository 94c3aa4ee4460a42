"""Evidence as a person fetches and checks it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.breach.manifest import MANIFEST, chain, written
from lyo_dr.model.evidence import Entry
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.store.incidents import Incidents
from tests.cli.aws import IRELAND, TwoRegions
from tests.cli.conftest import Type

FILES = {"tasks/a.json": b"{}", "logs/app/1.jsonl": b"somebody was here\n"}


def verify(*words: str) -> Result:
    """The one command without a plan."""
    return CliRunner().invoke(app, ["evidence", "verify", *words], prog_name="lyo-dr")


def lines(versions: dict[str, str] | None = None) -> list[dict[str, Any]]:
    entries = [
        Entry(
            at="t",
            part="tasks",
            what=name,
            file=name,
            version=(versions or {}).get(name),
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )
        for name, content in FILES.items()
    ]
    return chain("breach-1", [*entries, Entry(at="t", part="logs", what="log group x", gap="no answer")])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "breach-1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "breach-1" / MANIFEST).write_bytes(written(lines()))
    return tmp_path / "breach-1"


def test_a_manifest_that_holds_says_so_with_its_gaps_and_its_head(folder: Path) -> None:
    said = verify(str(folder))
    assert said.exit_code == 0
    assert "Not preserved: log group x (no answer)" in said.output
    assert "breach-1: 3 entries, 2 files, 1 gap; the manifest is intact." in said.output
    assert f"Compare its head with the timeline of the incident:\n  {lines()[-1]['hash']}" in said.output


def test_the_manifest_itself_may_be_named_and_its_head_given(folder: Path) -> None:
    said = verify(str(folder / MANIFEST), "--head", lines()[-1]["hash"])
    assert said.exit_code == 0
    assert "Compare its head" not in said.output


def test_a_file_that_was_changed_is_named(folder: Path) -> None:
    (folder / "tasks" / "a.json").write_bytes(b"[]")
    said = verify(str(folder))
    assert said.exit_code == 1
    assert "entry 1 (tasks/a.json): the file was changed" in said.output
    assert "1 fault: " in said.output


def test_a_head_of_another_place_is_a_fault(folder: Path) -> None:
    said = verify(str(folder), "--head", "0" * 64)
    assert said.exit_code == 1
    assert "is the hash of no line" in said.output


def test_a_line_that_is_no_json_is_a_fault_and_no_traceback(folder: Path) -> None:
    text = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    (folder / MANIFEST).write_text("\n".join([*text[:2], "garbage", *text[3:]]), encoding="utf-8")
    said = verify(str(folder))
    assert said.exit_code == 1
    assert "entry 2 (a line that cannot be read) was changed" in said.output


@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "no manifest.jsonl in "), (b"\xff\xfe", "cannot be read as a manifest")]
)
def test_without_a_manifest_there_is_one_sentence(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)
    said = verify(str(tmp_path))
    assert said.exit_code == 2
    assert sentence in said.output


# -- fetching ---------------------------------------------------------------------------------------------
def given_evidence(aws: TwoRegions, **changed: bytes) -> ResourceNames:
    """What a breach in Ireland left behind; ``changed`` is what lies under a name now, in a newer version."""
    names, s3 = ResourceNames(aws.plan, IRELAND), client("s3", IRELAND)
    where: Any = {"LocationConstraint": IRELAND}
    bucket = names.evidence_bucket
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    versions = {
        name: s3.put_object(Bucket=bucket, Key=f"breach-1/{name}", Body=content)["VersionId"]
        for name, content in FILES.items()
    }
    content = lines(versions)
    s3.put_object(Bucket=bucket, Key=f"breach-1/{MANIFEST}", Body=written(content))
    for name, newer in changed.items():
        s3.put_object(Bucket=bucket, Key=f"breach-1/{name}", Body=newer)
    incidents = Incidents(Table(names.table, IRELAND))
    incidents.set("breach-1", evidence_head=content[-1]["hash"])
    return names


def test_what_is_fetched_is_what_the_manifest_names_whatever_was_put_over_it(
    aws: TwoRegions, lyo_dr: Type, tmp_path: Path
) -> None:
    given_evidence(aws, **{"tasks/a.json": b"something else"})
    said = lyo_dr("evidence", "fetch", "breach-1", str(tmp_path / "e"))
    assert said.exit_code == 0, said.output
    assert (tmp_path / "e" / "tasks" / "a.json").read_bytes() == b"{}"
    assert "the manifest is intact" in said.output


def test_a_manifest_written_anew_is_found_out_by_the_head_in_the_table(
    aws: TwoRegions, lyo_dr: Type, tmp_path: Path
) -> None:
    names = given_evidence(aws)
    anew = written(chain("breach-1", [Entry(at="t", part="p", what="nothing happened")]))
    client("s3", IRELAND).put_object(Bucket=names.evidence_bucket, Key=f"breach-1/{MANIFEST}", Body=anew)
    said = lyo_dr("evidence", "fetch", "breach-1", str(tmp_path / "e"))
    assert said.exit_code == 1
    assert "the manifest was written anew" in said.output


def test_a_manifest_that_leads_elsewhere_writes_nothing_there(aws: TwoRegions, lyo_dr: Type, tmp_path: Path) -> None:
    names = given_evidence(aws)
    evil = json.dumps({"number": 0, "file": "../../evil"}).encode()
    client("s3", IRELAND).put_object(Bucket=names.evidence_bucket, Key=f"breach-1/{MANIFEST}", Body=evil)
    said = lyo_dr("evidence", "fetch", "breach-1", str(tmp_path / "a" / "e"))
    assert said.exit_code == 2
    assert "lies outside of" in said.output
    assert not (tmp_path / "evil").exists()


def test_an_incident_without_evidence_is_said_to_have_none(aws: TwoRegions, lyo_dr: Type, tmp_path: Path) -> None:
    said = lyo_dr("evidence", "fetch", "breach-2", str(tmp_path / "e"))
    assert said.exit_code == 2
    assert "no evidence of 'breach-2' is on record in eu-west-1 and us-west-2" in said.output


def test_a_folder_with_something_in_it_is_left_alone(aws: TwoRegions, lyo_dr: Type, folder: Path) -> None:
    said = lyo_dr("evidence", "fetch", "breach-1", str(folder))
    assert said.exit_code == 2
    assert "is not an empty folder" in said.output
