"""``lyo-dr evidence fetch``: download the versions a manifest names, and verify them against the incident's record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.aws_errors import explain
from cli.operations.evidence_manifest import read_manifest, verify
from cli.output import refuse, say, working
from cli.region_view import ask, failures
from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.decisions.breach.manifest import MANIFEST
from lyo_dr.errors import LyoDrError
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames


def fetch(plan: Plan, incident: str, folder: Path, regions: Sequence[str]) -> int:
    """Download and verify; the exit code. Raises typer.Exit(2)."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse(f"{folder} is not an empty folder; name a new one")
    region, head = _where(plan, incident, regions)
    bucket = ResourceNames(plan, region).evidence_bucket
    try:
        with working(f"Downloading evidence of {incident} from {region}"):
            _download(bucket, region, incident, folder)
    except LyoDrError as refusal:
        raise refuse(explain(refusal, region)) from None
    say(f"Fetched from {bucket}/{incident} into {folder}")
    return verify(folder, head)


def _where(plan: Plan, incident: str, regions: Sequence[str]) -> tuple[str, str]:
    """Find the region whose table has the head of this incident's manifest, and the head."""
    answers = ask(plan, regions, lambda view: view.store.incidents.head(incident))
    for answer in answers:
        if answer.value and answer.value.get("evidence_head"):
            return answer.region, str(answer.value["evidence_head"])
    if missing := failures(answers):
        raise refuse(f"whether evidence of {incident!r} was preserved is not known", *missing)
    raise refuse(f"no evidence of {incident!r} is on record in {' and '.join(regions)}")


def _download(bucket: str, region: str, incident: str, folder: Path) -> None:
    _get(bucket, region, f"{incident}/{MANIFEST}", folder / MANIFEST)
    for line in read_manifest(folder / MANIFEST):
        if line.get("file"):
            name = str(line["file"])
            _get(bucket, region, f"{incident}/{name}", _inside(folder, name), version=line.get("version"))


def _inside(folder: Path, name: str) -> Path:
    """A manifest that was tampered with must not write outside of the folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise refuse(f"the manifest names {name!r}, which lies outside of {folder}; the download was stopped")
    return path


def _get(bucket: str, region: str, key: str, path: Path, *, version: Any = None) -> None:
    which = {"VersionId": str(version)} if version else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    with calling(f"fetching {key} from {bucket}"):
        body = client("s3", region).get_object(Bucket=bucket, Key=key, **which)["Body"]
        with path.open("wb") as file:
            for chunk in body.iter_chunks(1 << 20):
                file.write(chunk)
