"""Downloading evidence in exactly the versions its manifest names, and checking it against the incident's record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.aws_errors import explain
from cli.operations.evidence_manifest import read_manifest, verify
from cli.output import refuse, say
from cli.region_view import RegionView
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
        _download(bucket, region, incident, folder)
    except LyoDrError as refusal:
        raise refuse(explain(refusal, region)) from None
    say(f"Fetched from {bucket}/{incident} into {folder}")
    return verify(folder, head)


def _where(plan: Plan, incident: str, regions: Sequence[str]) -> tuple[str, str]:
    """The region whose table knows a head of this incident, and the head."""
    silences = []
    for region in regions:
        try:
            found = RegionView(plan, region).incidents.head(incident)
        except LyoDrError as refusal:
            silences.append(explain(refusal, region))
            continue
        if found and found.get("evidence_head"):
            return region, str(found["evidence_head"])
    where = " and ".join(regions)
    raise refuse("; ".join([f"nothing is on record as preserved of {incident!r} in {where}", *silences]))


def _download(bucket: str, region: str, incident: str, folder: Path) -> None:
    _get(bucket, region, f"{incident}/{MANIFEST}", folder / MANIFEST)
    for line in read_manifest(folder / MANIFEST):
        if line.get("file"):
            name = str(line["file"])
            _get(bucket, region, f"{incident}/{name}", _inside(folder, name), version=line.get("version"))


def _inside(folder: Path, name: str) -> Path:
    """A manifest that was tampered with must not write elsewhere."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise refuse(f"the manifest names {name!r}, which lies outside of {folder}; nothing more is fetched")
    return path


def _get(bucket: str, region: str, key: str, path: Path, *, version: Any = None) -> None:
    which = {"VersionId": str(version)} if version else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    with calling(f"fetching {key} from {bucket}"):
        body = client("s3", region).get_object(Bucket=bucket, Key=key, **which)["Body"]
        with path.open("wb") as file:
            for chunk in body.iter_chunks(1 << 20):
                file.write(chunk)
