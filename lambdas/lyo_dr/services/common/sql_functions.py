"""Calls to the SQL functions inside the VPC, the only ones that connect to a database or its replica."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.lambda_ import invoke, prepare
from lyo_dr.context import StepContext
from lyo_dr.errors import LyoDrError
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.model.instance import ConnectionCount
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.model.restore import DatabaseEvidence

_SECONDS = 10.0
"""Longer than a look may take, so that a silent database is told by the function that asked it."""

T = TypeVar("T")
Answer = TypeVar("Answer", bound=msgspec.Struct)


def prepare_to_ask(*regions: str) -> None:
    """Create the clients before threads share them."""
    prepare(*regions, seconds=_SECONDS)


def ask_connections(ctx: StepContext, database: str) -> ConnectionCount | None:
    """None if the function could not check, which says nothing about the database."""
    return _asked(ctx.names, "keeper", "CountConnections", database, ConnectionCount)


def ask_integrity(ctx: StepContext, database: str) -> DatabaseEvidence | None:
    """Run the plan's integrity queries now; None if the function could not."""
    return _asked(ctx.names, "keeper", "ReadIntegrity", database, DatabaseEvidence)


def ask_replica_in_peer(ctx: StepContext, database: str) -> ReplicaReading:
    """State of the replica in the other region; unknown if it cannot be queried."""
    there = ResourceNames(ctx.plan, ctx.peer_region)
    found = _asked(there, "gather_facts", "ReadReplica", database, ReplicaReading)
    return found or ReplicaReading(database=database, error=f"{ctx.peer_region} could not be queried")


def ask(ctx: StepContext, step: str, asked: dict[str, Any], answer: type[Answer], *, region: str = "") -> Answer:
    """Call a SQL function of a region (default: this one). Neither request nor response holds a password."""
    where = region or ctx.region
    function = ResourceNames(ctx.plan, where).function("secret_rotation", step)
    return msgspec.convert(invoke(function, asked, where, seconds=_SECONDS), answer)


def _asked(there: ResourceNames, process: str, step: str, database: str, kind: type[T]) -> T | None:
    try:
        answer: Any = invoke(there.function(process, step), {"database": database}, there.region, seconds=_SECONDS)
        return msgspec.convert(answer, kind)
    except (LyoDrError, msgspec.ValidationError) as silence:
        log.warn(f"{step} of {database} gave no answer: {silence}", database=database)
        return None
