"""How long each kind of item is kept. DynamoDB deletes an item by its time to live, ``expires``.

A kind that is not listed is kept forever: what is unknown here is not ours to lose. The tests refuse to write one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from lyo_dr.adapters import clock
from lyo_dr.adapters.aws.dynamodb import Item, Table

EXPIRES = "expires"
"""Name of the attribute, in seconds since the epoch; the table's template names it, too."""
_RECORD = timedelta(days=400)
"""A year of incidents for reports and audits, and a month to write them."""


class Lifetime(NamedTuple):
    """Kind of an item by the beginnings of its keys, how long it is kept (None: forever), and why."""

    pk: str
    sk: str
    kept: timedelta | None
    because: str


LIFETIMES = (
    Lifetime("SYSTEM", "RECORD", None, "who is active is decided by it; one item"),
    Lifetime("SYSTEM", "LEASE", None, "its epoch is the fencing token and only grows; one item"),
    Lifetime("SYSTEM", "PAUSE", None, "a pause ends when a person ends it; one item"),
    Lifetime("SYSTEM", "RECOVERY", None, "a recovery that nobody acknowledged is not forgotten; one item"),
    Lifetime("SYSTEM", "FENCE", None, "a deposed region may come back at any time; two items with FENCED"),
    Lifetime("SYSTEM", "BLOCK#", None, "a block stands until a person lifts it"),
    Lifetime(
        "SYSTEM",
        "OUTSTANDING#",
        None,
        "a key is outstanding until it is replaced, or said to be; one item per key",
    ),
    Lifetime("SYSTEM", "LIMITS#", None, "a minimum is owed until autoscaling has taken it; one item per service"),
    Lifetime("SYSTEM", "FOLLOW", None, "how long a key has stood in the active region; one item per secret, and one"),
    Lifetime("SYSTEM", "SAMPLE#", timedelta(days=7), "an observation of the peer says nothing about another week"),
    Lifetime("BLOCKED", "", _RECORD, "an alarm that started nothing belongs to the report of its year"),
    Lifetime("INCIDENT#", "HEAD", None, "a block that still stands is lifted through it; one item per incident"),
    Lifetime("INCIDENT#", "NOTE#BLOCKED#", None, "lifting a block reads which addresses it was"),
    Lifetime("INCIDENT#", "NOTE#ISOLATED#", None, "the rules to put back when a person ends an isolation"),
    Lifetime("INCIDENT#", "NOTE#FENCE#", None, "the counts to put back when a deposed region comes back"),
    Lifetime("INCIDENT#", "NOTE#SKIP#", _RECORD, "which step a person skipped, and why, is part of the record"),
    Lifetime("INCIDENT#", "NOTE#FAILED#", _RECORD, "a step is retried by its name while the incident may be resumed"),
    Lifetime("INCIDENT#", "NOTE#", _RECORD, "what a step has done is asked while its incident or rotation lasts"),
    Lifetime("INCIDENT#", "LINE#", _RECORD, "the timeline is the source of the review and of reports"),
    Lifetime("INCIDENT#", "QUESTION", _RECORD, "who consented to which loss is part of the record"),
    Lifetime("INCIDENT#", "RESUMES", _RECORD, "an execution that takes an incident up again is found by it"),
    Lifetime("OUTBOX", "", timedelta(days=30), "only where no sender runs; else a message leaves it within a day"),
    Lifetime("TOKEN#", "TOKEN", timedelta(days=90), "no machine waits for months, and a dead token answers nothing"),
    Lifetime("DATABASE#", "RUN#", timedelta(days=35), "RDS restores no further back than 35 days"),
    Lifetime("DATABASE#", "GOOD", None, "the newest good run, however old; one item per database"),
    Lifetime("DATABASE#", "INSTANCE", None, "where the database lives; one item"),
    Lifetime("DATABASE#", "SETTINGS", None, "a replica is recreated by them; one item"),
    Lifetime("DATABASE#", "RESTORE", None, "a restore that was interrupted is resumed by it; one item"),
    Lifetime("DATABASE#", "SEARCH", None, "temporary instances are swept by it until they are gone; one item"),
)
"""The first whose beginnings fit counts."""


def lifetime_of(pk: str, sk: str) -> Lifetime | None:
    """The declared lifetime of an item; None if its kind is not declared."""
    return next((each for each in LIFETIMES if pk.startswith(each.pk) and sk.startswith(each.sk)), None)


def has_expired(item: Item, now: datetime) -> bool:
    """Whether the item is only waiting for its deletion."""
    return EXPIRES in item and int(item[EXPIRES]) <= now.timestamp()


class ExpiringTable(Table):
    """A region's table whose items expire by their kind.

    DynamoDB deletes an expired item within a few days (DynamoDB developer guide, "Using time to live"); until then
    it is left out of every answer here. A conditional write still meets it, which harms nothing: what is written
    once is named by its incident, and no name comes back after a year.
    """

    def get(self, pk: str, sk: str) -> Item | None:
        """The item without its time to live; None also for one that has expired."""
        item = super().get(pk, sk)
        return None if item is None or has_expired(item, clock.now()) else _without_expiry(item)

    def put(self, item: Item, condition: str | None = None, values: Item | None = None) -> None:
        """Write the whole item; its life begins again."""
        declared = lifetime_of(item["pk"], item["sk"])
        ends = {} if declared is None or declared.kept is None else {EXPIRES: _seconds(clock.now() + declared.kept)}
        super().put({**item, **ends}, condition, values)

    def list(self, pk: str, sk_prefix: str) -> list[Item]:
        """Every item of one partition whose sort key starts with the prefix and that has not expired, in order."""
        now = clock.now()
        return [_without_expiry(item) for item in super().list(pk, sk_prefix) if not has_expired(item, now)]


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _without_expiry(item: Item) -> Item:
    return {name: value for name, value in item.items() if name != EXPIRES}
