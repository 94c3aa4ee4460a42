"""The ledger of a restore: replay files in their bucket, and the functions that write and read them."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import REGION_KEY, Grant

_NAMED_BY_INCIDENT = "a file is named after the incident, whose id is not known at deployment"


def write(_: Plan, names: ResourceNames) -> list[Grant]:
    """Write replay files to the bucket; none is read or deleted."""
    return [
        Grant(("s3:PutObject",), (_files(names),), _NAMED_BY_INCIDENT),
        _key(names, "kms:GenerateDataKey"),
    ]


def read(_: Plan, names: ResourceNames) -> list[Grant]:
    """Read the version of a replay file that the operator approved."""
    return [
        Grant(("s3:GetObjectVersion",), (_files(names),), _NAMED_BY_INCIDENT),
        _key(names, "kms:Decrypt"),
    ]


def invoke_write_rows(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL function that writes the next batch."""
    function = names.arn("lambda", f"function:{names.function('replay_rows', 'WriteRows')}")
    return [
        Grant(
            ("lambda:InvokeFunction",), (function,), "only this function reads rows, and writes them as the application"
        )
    ]


def start_replay(_: Plan, names: ResourceNames) -> list[Grant]:
    """Start the replay that an operator approved."""
    return [
        Grant(("states:StartExecution",), (names.machine("replay_rows"),), "starts the replay an operator approved")
    ]


def _files(names: ResourceNames) -> str:
    return f"arn:aws:s3:::{names.ledger_bucket}/*"


def _key(names: ResourceNames, action: str) -> Grant:
    return Grant(
        (action,),
        (REGION_KEY,),
        "the bucket is encrypted; Amazon S3 uses the key on behalf of the caller",
        {"StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"}},
    )
