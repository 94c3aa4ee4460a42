"""The ledger of a restore: replay files in their bucket, and the functions that write and read them."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import REGION_KEY, Grant

_NAMED_BY_INCIDENT = "a file is named after the incident, which nobody knows beforehand"


def write_ledger(_: Plan, names: ResourceNames) -> list[Grant]:
    """Put replay files into the bucket; none is read or deleted."""
    return [
        Grant(("s3:PutObject",), (_files(names),), _NAMED_BY_INCIDENT),
        _key(names, "kms:GenerateDataKey"),
    ]


def read_ledger(_: Plan, names: ResourceNames) -> list[Grant]:
    """Read the version of a replay file that a person was shown."""
    return [
        Grant(("s3:GetObjectVersion",), (_files(names),), _NAMED_BY_INCIDENT),
        _key(names, "kms:Decrypt"),
    ]


def ask_to_write(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask the function inside the VPC for the next batch."""
    function = names.arn("lambda", f"function:{names.function('replay_rows', 'WriteRows')}")
    return [Grant(("lambda:InvokeFunction",), (function,), "it alone sees rows, and writes them as the application")]


def start_replay(_: Plan, names: ResourceNames) -> list[Grant]:
    """Begin what a person has consented to."""
    return [Grant(("states:StartExecution",), (names.machine("replay_rows"),), "a consent becomes a replay")]


def _files(names: ResourceNames) -> str:
    return f"arn:aws:s3:::{names.ledger_bucket}/*"


def _key(names: ResourceNames, action: str) -> Grant:
    return Grant(
        (action,),
        (REGION_KEY,),
        "the bucket is encrypted; Amazon S3 asks for the key in the caller's name",
        {"StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"}},
    )
