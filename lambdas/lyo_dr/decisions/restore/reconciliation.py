"""What becomes of the work in a damaged database: given back, left to a person, or part of the damage.

A row that both databases hold alike is no difference, however it was found. Of the others a whole row counts only if a
good transaction wrote it whole: a good change on top of a damaged row carries the damage along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from lyo_dr.model.reconciliation import Class, Compared, Entry, Row
from lyo_dr.model.restore import MassChange, Target

_ORDER = timedelta(seconds=1)
"""Commit times grow a little less strictly than the log they stand in."""
_LONG = timedelta(hours=1)
_FEW = 10
_SHARE = 0.05
"""As many rows as make a transaction stand out (adapters/sql/integrity.py) make deletions stand out, too."""


class Damage(msgspec.Struct, frozen=True):
    """What is known of the damage to one table: when it was committed, and whether it struck this table."""

    commits: frozenset[datetime]
    struck_at: datetime | None


def damage_of(changes: Iterable[MassChange], table: str, since: datetime) -> Damage:
    """Transactions after the moment that rewrote much of a table; whatever else they wrote is damage as well."""
    later = [change for change in changes if change.at > since]
    struck = min((change.at for change in later if change.table == table), default=None)
    return Damage(frozenset(change.at for change in later), struck)


def compare_since(target: Target, begun: datetime) -> datetime:
    """From when on a commit may be missing in what was restored. Earlier than needed costs reading, nothing else."""
    if target.kind == "moment" and target.at is not None:
        return target.at - _ORDER
    return (target.at if target.at is not None and target.at < begun else begun) - _LONG


def judge_row(row: Row, there: Row | None, damage: Damage, begun: datetime, *, same_shape: bool) -> Entry | None:
    """``row`` is in the damaged database, ``there`` what the restored one holds under the same key."""
    if there is not None and there.text == row.text:
        return None
    what, why = _judge(row, there, damage, begun)
    if what == "replayable" and not same_shape:
        what, why = "conflicting", "the table has other columns in the restored database"
    return Entry(
        key=row.key,
        what=what,
        change="insert" if there is None else "update",
        why=why,
        at=row.at,
        version="" if there is None else there.version,
        row="" if what == "damage" else row.text,
    )


def _judge(row: Row, there: Row | None, damage: Damage, begun: datetime) -> tuple[Class, str]:
    if row.at is not None and row.at in damage.commits:
        if there is None:
            return "conflicting", "born after the moment and overwritten by the damage"
        return "damage", "written by the damage"
    return ("replayable", "") if there is None else _judge_change(row.at, there, damage, begun)


def _judge_change(at: datetime | None, there: Row, damage: Damage, begun: datetime) -> tuple[Class, str]:
    """A row that both have, and that somebody good has written since."""
    if at is None:
        return "conflicting", "nothing says when it was written"
    if there.at is not None and there.at > begun:
        return "conflicting", "changed in the restored database as well"
    if damage.struck_at is not None and at > damage.struck_at:
        return "conflicting", "written on top of the damage"
    return "replayable", ""


def judge_missing(keys: list[str], missing: int, of: int) -> list[Entry]:
    """Rows of the restored database that are gone from the damaged one. A deletion leaves nobody's name.

    Many at once are the damage; a few were deleted by somebody, perhaps with reason, and a person has to know of them.
    """
    many = missing >= _FEW and missing >= _SHARE * of
    what: Class = "damage" if many else "deleted"
    why = "deleted by the damage" if many else "deleted after the moment"
    return [Entry(key=key, what=what, change="delete", why=why) for key in keys]


def table_sentence(found: Compared) -> str:
    """One table in figures."""
    counted = f"{found.in_damaged} rows in the damaged, {found.in_restored} in the restored database"
    parts = (
        (found.replayable, "can be replayed"),
        (found.conflicting, "conflict"),
        (found.deleted, "were deleted after the moment"),
        (found.damage, "are part of the damage"),
    )
    told = ", ".join(f"{count} {words}" for count, words in parts if count) or "no difference"
    undated = "; commit times are off, so only rows with a newer time of their own were found"
    return f"{found.table}: {counted}; {told}{undated if found.found_by == 'written_at' else ''}"


def facts_of(tables: Iterable[Compared]) -> str:
    """Twelve characters that stand for exactly these files and figures: consent is to what was shown."""
    shown = sorted((table.table, table.version, table.replayable, table.conflicting) for table in tables)
    return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:12]


def replay_sentence(table: str, found: dict[str, int], why: str) -> str:
    """What a replay came to, so far or in the end."""
    parts = (
        ("written", "written"),
        ("already", "there already"),
        ("conflicting", "left alone, the row has changed"),
        ("refused", f"refused by the database ({why or 'no reason given'})"),
    )
    told = ", ".join(f"{found[name]} {words}" for name, words in parts if found.get(name)) or "nothing to write"
    return f"{table}: {told}"


def check_replay_answer(
    *, facts: str | None, shown: str, tables: list[str], table: str, at_work: str | None
) -> str | None:
    """Why a replay may not begin; None when it may."""
    if facts is None:
        return "this incident has no ledger: nothing was compared"
    if shown != facts:
        return f"the ledger is {facts}, and you were shown {shown}; look again"
    if table and table not in tables:
        return f"the plan has no table {table} in this database; it has {', '.join(tables)}"
    return f"{at_work} is at work; replay when it has ended" if at_work else None
