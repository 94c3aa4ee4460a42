"""Asking the functions inside the VPC, which alone speak SQL, what a database or its replica says."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.functions import invoke, prepare
from lyo_dr.doorman import Here
from lyo_dr.errors import LyoDrError
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.model.instance import ConnectionCount
from lyo_dr.model.names import Names
from lyo_dr.model.restore import Evidence

_SECONDS = 10.0
"""Longer than a look may take, so that a silent database is told by the function that asked it."""

T = TypeVar("T")


def prepare_to_ask(*regions: str) -> None:
    """Before threads ask side by side."""
    prepare(*regions, seconds=_SECONDS)


def ask_connections(here: Here, database: str) -> ConnectionCount | None:
    """None when the function could not look, which says nothing about the database."""
    return _asked(here.names, "keeper", "CountConnections", database, ConnectionCount)


def ask_integrity(here: Here, database: str) -> Evidence | None:
    """The plan's integrity questions, asked now; None when the function could not ask them."""
    return _asked(here.names, "keeper", "ReadIntegrity", database, Evidence)


def ask_replica_in_peer(here: Here, database: str) -> ReplicaReading:
    """What the replica in the other region hears; unknown when it cannot be asked."""
    there = Names(here.plan, here.peer)
    found = _asked(there, "gather_facts", "ReadReplica", database, ReplicaReading)
    return found or ReplicaReading(database=database, error=f"{here.peer} could not be asked")


def _asked(there: Names, process: str, step: str, database: str, kind: type[T]) -> T | None:
    try:
        answer: Any = invoke(there.function(process, step), {"database": database}, there.region, seconds=_SECONDS)
        return msgspec.convert(answer, kind)
    except (LyoDrError, msgspec.ValidationError) as silence:
        log.warn(f"{step} of {database} gave no answer: {silence}", database=database)
        return None
