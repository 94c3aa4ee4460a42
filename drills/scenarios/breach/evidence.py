"""Evidence of a breach: a bucket that refuses it, and evidence changed afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.exceptions

from drills.engine.context import DrillContext
from drills.scenarios.breach import breach, findings
from drills.world.synth import ROOT
from local_aws.sessions import ROOT_SECRET
from lyo_dr.decisions.breach.manifest import MANIFEST

_COMMAND_SECONDS = 60
Lines = list[dict[str, Any]]


# -- a bucket that takes nothing --------------------------------------------------------------------------
def prepare_full(ctx: DrillContext) -> None:
    """A breach is prepared for, but the bucket of evidence takes nothing any more."""
    breach.prepare(ctx)
    s3, bucket = ctx.world.client("s3", ctx.primary), ctx.world.names(ctx.primary).evidence_bucket
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    refusal = {
        "Sid": "TakesNothing",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({**policy, "Statement": [*policy["Statement"], refusal]}))


# -- evidence changed afterwards -----------------------------------------------------------------------
def tamper(ctx: DrillContext) -> dict[str, str]:
    """Verify the evidence as it is, and copies that were tampered with."""
    incident = ctx.incident_id or ""
    sound = ctx.world.directory / "evidence" / "sound"
    found = {"untouched": _fetch(ctx, incident, sound), "deleted in the bucket": _delete(ctx, incident)}
    head = json.loads((sound / MANIFEST).read_text(encoding="utf-8").splitlines()[-1])["hash"]
    for name, touch in TOUCHES.items():
        copy = sound.with_name(name.replace(" ", "-"))
        shutil.copytree(sound, copy)
        touch(copy)
        found[name] = _run("verify", str(copy), "--head", head)
        ctx.screen.stage(f"Somebody touched a copy of the evidence, {name}: {found[name]}")
    return {**findings.collect(ctx), **found}


def _fetch(ctx: DrillContext, incident: str, folder: Path) -> str:
    """Fetch it with the command an operator uses, which verifies it at once."""
    plan = ctx.world.directory / "plan.json"
    account = {"AWS_ACCESS_KEY_ID": ctx.world.plan.account, "AWS_SECRET_ACCESS_KEY": ROOT_SECRET}
    words = ("fetch", incident, str(folder), "--plan", str(plan), "--region", ctx.primary)
    return _run(*words, AWS_ENDPOINT_URL=ctx.world.aws.endpoint, **account)


def _run(*words: str, **environment: str) -> str:
    """``lyo-dr evidence`` as it is typed: its exit code, and its first sentence about the manifest."""
    path = os.pathsep.join((str(ROOT / "lambdas"), str(ROOT)))
    ended = subprocess.run(
        [sys.executable, "-m", "cli", "evidence", *words],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=False,
    )
    said = [line for line in ended.stdout.splitlines() if not re.match(r"\d+ faults?: |Not preserved|Fetched", line)]
    return f"{ended.returncode}: {said[0] if said else ended.stderr.strip()}"


def _delete(ctx: DrillContext, incident: str) -> str:
    """What the bucket says to the account itself, which may do everything, when it deletes a version."""
    s3, bucket = ctx.world.client("s3", ctx.primary), ctx.world.names(ctx.primary).evidence_bucket
    version = s3.list_object_versions(Bucket=bucket, Prefix=f"{incident}/")["Versions"][0]
    try:
        s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    except botocore.exceptions.ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return "deleted"


def _rewrite(folder: Path, change: Callable[[Lines], Any]) -> None:
    path = folder / MANIFEST
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _file(folder: Path) -> Path:
    return next(iter(sorted((folder / "tasks").iterdir())))


TOUCHES: dict[str, Callable[[Path], Any]] = {
    "file changed": lambda folder: _file(folder).write_text("{}", encoding="utf-8"),
    "file missing": lambda folder: _file(folder).unlink(),
    "file added": lambda folder: (folder / "tasks" / "alibi.json").write_text("{}", encoding="utf-8"),
    "entry changed": lambda folder: _rewrite(folder, lambda lines: lines[2].update(what="nothing")),
    "entry taken out": lambda folder: _rewrite(folder, lambda lines: lines.pop(2)),
    "entries exchanged": lambda folder: _rewrite(folder, lambda lines: lines.insert(1, lines.pop(2))),
    "end cut off": lambda folder: _rewrite(folder, lambda lines: lines.pop()),
}
"""Ways to tamper with a copy, by name; the second entry is the one changed."""
