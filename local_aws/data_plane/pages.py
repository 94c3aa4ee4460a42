"""Patch: what RDS and ECS list is told in pages of their sizes, and in no order.

moto tells everything at once, the oldest first, so that code which reads the first page only, or takes the first for
the oldest, works here and fails on AWS. The order here is that of a digest: always the same, and never that of
creation. A token names the last thing that was told, so that what is made or deleted between two pages shifts nothing.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.rds.exceptions import RDSClientError
from moto.rds.responses import RDSResponse

Get = Callable[[Any, str], Any]
Refuse = Callable[[str], Exception]
_TOKEN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Listing:
    """One call that lists ``member``. ``name`` is what a thing is called; a page holds ``size``, ``least`` at least."""

    call: str
    member: str
    name: Callable[[Any], str]
    least: int
    size: int = 100


@dataclass(frozen=True)
class Words:
    """How a service calls the size of a page and the token in a question, and the token in its answer."""

    size: str
    token: str
    following: str


MOST = 100
_ARN = "db_instance_automated_backups_arn"
RDS = (
    Listing("describe_db_instances", "DBInstances", lambda thing: str(thing.db_instance_identifier), 20),
    Listing("describe_db_snapshots", "DBSnapshots", lambda thing: str(thing.db_snapshot_identifier), 20),
    Listing(
        "describe_db_instance_automated_backups",
        "DBInstanceAutomatedBackups",
        lambda thing: str(getattr(thing, _ARN, "")),
        20,
    ),
)
"""20 to 100, and 100 where nothing is said (RDS API reference, MaxRecords). For automated backups no figures are given:
the same are **assumed**."""
ECS = (Listing("list_tasks", "taskArns", str, 1), Listing("list_services", "serviceArns", str, 1, size=10))
"""1 to 100; where nothing is said 100 tasks, but 10 services (ECS API reference, maxResults)."""
_OF_RDS = Words("MaxRecords", "Marker", "Marker")
_OF_ECS = Words("maxResults", "nextToken", "nextToken")


def apply() -> None:
    """Patch the answers of moto; AttributeError when it no longer has one of them."""
    for listing in RDS:
        _patch(RDSResponse, listing, _OF_RDS, lambda answer, name: answer.params.get(name), _rds_refuses)
    for listing in ECS:
        _patch(
            EC2ContainerServiceResponse, listing, _OF_ECS, lambda answer, name: answer._get_param(name), _ecs_refuses
        )


def page(things: Sequence[Any], name: Callable[[Any], str], size: int, after: str = "") -> tuple[list[Any], str | None]:
    """Return the next things and the token of the page that follows them; None after the last."""
    ordered = sorted((hashlib.sha256(name(thing).encode()).hexdigest(), place) for place, thing in enumerate(things))
    left = [(digest, things[place]) for digest, place in ordered if digest > after]
    told = left[:size]
    return [thing for _, thing in told], told[-1][0] if len(left) > size else None


def _patch(answers: Any, listing: Listing, words: Words, get: Get, refuse: Refuse) -> None:
    listed = getattr(answers, listing.call)
    if hasattr(listed, "__wrapped__"):
        return

    @functools.wraps(listed)
    def in_pages(self: Any) -> ActionResult:
        asked, after = get(self, words.size), str(get(self, words.token) or "")
        size = listing.size if asked is None else int(asked)
        if not listing.least <= size <= MOST:
            raise refuse(f"Invalid value {size} for {words.size}. Must be between {listing.least} and {MOST}")
        if after and not _TOKEN.fullmatch(after):
            raise refuse(f"Invalid {words.token}")
        told, following = page(list(listed(self).result[listing.member]), listing.name, size, after)
        return ActionResult({listing.member: told, **({words.following: following} if following else {})})

    setattr(answers, listing.call, in_pages)


def _rds_refuses(sentence: str) -> Exception:
    return RDSClientError("InvalidParameterValue", sentence)  # type: ignore[no-any-return]


def _ecs_refuses(sentence: str) -> Exception:
    return InvalidParameterException(sentence)  # type: ignore[no-any-return]
