"""Reconciliation: classify each row of a damaged database as replayable, conflicting, or part of the damage.

A row that is equal in both databases is no difference. Any other is replayable only if a good transaction wrote the
whole row: a good change on top of a damaged row carries the damage along. What nobody knows is not called replayable: a
row that may be the damage, and every row while no damage has been recognised, is unknown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from lyo_dr.decisions.restore.patterns import FEW, SHARE, Patterns
from lyo_dr.model.plurals import counted
from lyo_dr.model.reconciliation import Class, Compared, Entry, Row
from lyo_dr.model.restore import MassChange, Target

_ORDER = timedelta(seconds=1)
"""Commit timestamps are not strictly in WAL order."""
_LONG = timedelta(hours=1)


class Damage(msgspec.Struct, frozen=True):
    """The damage: commit times of its transactions, and when it affected this table.

    ``writers`` are their ids, where the server keeps no times. ``seen``: it has left no transaction to be known by, but
    it is there, such as a deletion.
    """

    commits: frozenset[datetime]
    struck_at: datetime | None
    writers: frozenset[str] = frozenset()
    seen: bool = False

    @property
    def known(self) -> bool:
        """Whether any damage was recognised. If not, everything written after the recovery point may be it."""
        return bool(self.commits or self.writers or self.seen)

    def wrote(self, row: Row) -> bool:
        """Whether one of its transactions wrote this version."""
        return row.at in self.commits if row.at is not None else row.version in self.writers


def damage_of(
    changes: Iterable[MassChange], table: str, since: datetime, writers: Iterable[str] = (), *, seen: bool = False
) -> Damage:
    """Transactions after the recovery point that rewrote much of a table; everything else they wrote is damage, too."""
    later = [change for change in changes if (change.until or change.at) > since]
    wrote = [change for change in later if change.how == "wrote"]
    struck = min((change.at for change in wrote if change.table == table), default=None)
    commits = frozenset(change.at for change in later if change.until is None)
    return Damage(commits, struck, frozenset(writers), seen or len(later) > len(commits))


def with_patterns(damage: Damage, patterns: Patterns, *, deleted: bool) -> Damage:
    """With what rows have in common, and whether many of them were deleted."""
    begun = patterns.damage
    times = [datetime.fromtimestamp(each, UTC) for each in begun if each]
    struck = min([*times, *([damage.struck_at] if damage.struck_at is not None else [])], default=None)
    return msgspec.structs.replace(damage, struck_at=struck, seen=damage.seen or deleted or bool(begun))


def compare_since(target: Target, begun: datetime) -> datetime:
    """From when a commit may be missing in the restored database. Too early only costs reads."""
    if target.kind == "moment" and target.at is not None:
        return target.at - _ORDER
    return (target.at if target.at is not None and target.at < begun else begun) - _LONG


def judge_row(
    row: Row,
    there: Row | None,
    damage: Damage,
    begun: datetime,
    *,
    same_shape: bool,
    alike: bool = False,
    doubt: str = "",
) -> Entry | None:
    """Classify ``row`` of the damaged database; ``there`` is the restored database's row with the same key.

    ``alike``: what it has in common with others gives it away as damage; ``doubt``: why it may be.
    """
    if there is not None and there.text == row.text:
        return None
    what, why = _judge(row, there, damage, begun, alike=alike)
    if what == "replayable" and not same_shape:
        what, why = "conflicting", "the table has different columns in the restored database"
    if what == "replayable" and (doubt or not damage.known):
        what, why = "unknown", doubt or "no damage was recognised, so this may be it"
    return Entry(
        key=row.key,
        what=what,
        change="insert" if there is None else "update",
        why=why,
        at=row.at,
        version="" if there is None else there.version,
        row="" if what == "damage" else row.text,
    )


def _judge(row: Row, there: Row | None, damage: Damage, begun: datetime, *, alike: bool) -> tuple[Class, str]:
    if damage.wrote(row) or alike:
        if there is None:
            return "conflicting", "created after the recovery point and overwritten by the damage"
        return "damage", "written by the damage"
    return ("replayable", "") if there is None else _judge_change(row.at, there, damage, begun)


def _judge_change(at: datetime | None, there: Row, damage: Damage, begun: datetime) -> tuple[Class, str]:
    """A row present in both, changed since by a good transaction."""
    if at is None:
        return "conflicting", "its commit time is unknown"
    if there.at is not None and there.at > begun:
        return "conflicting", "also changed in the restored database"
    if damage.struck_at is not None and at > damage.struck_at:
        return "conflicting", "written on top of the damage"
    return "replayable", ""


def judge_missing(keys: list[str], missing: int, of: int) -> list[Entry]:
    """Rows of the restored database that are missing in the damaged one. A deletion leaves no trace of its author.

    Many at once are the damage; a few may have been deleted on purpose, so they are reported to a person.
    """
    many = missing >= FEW and missing >= SHARE * of
    what: Class = "damage" if many else "deleted"
    why = "deleted by the damage" if many else "deleted after the recovery point"
    return [Entry(key=key, what=what, change="delete", why=why) for key in keys]


def table_sentence(found: Compared) -> str:
    """Figures of one table."""
    if found.refused:
        return f"Not compared: {found.refused}"
    rows = f"{counted(found.in_damaged, 'row')} in the damaged, {found.in_restored} in the restored database"
    parts = (
        (found.replayable, "can be replayed"),
        (found.conflicting, "conflict"),
        (found.deleted, "were deleted after the recovery point"),
        (found.damage, "are part of the damage"),
        (found.unknown, "may be part of it or users' work, which nobody knows"),
    )
    told = ", ".join(f"{count} {words}" for count, words in parts if count) or "no difference"
    undated = "; commit timestamps are off, so only rows with a newer timestamp column were found"
    return f"{found.table}: {rows}; {told}{undated if found.found_by == 'written_at' else ''}"


def facts_of(tables: Iterable[Compared]) -> str:
    """Hash (twelve digits) of exactly these files and figures, to which a person consents."""
    shown = sorted((each.table, each.version, each.replayable, each.conflicting, each.unknown) for each in tables)
    return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:12]


def replay_sentence(table: str, found: dict[str, int], why: str, stamped: Sequence[str] = ()) -> str:
    """Figures of a replay, so far or final; ``stamped`` are columns the table sets to the time of each write."""
    anew = f" (a trigger has set {', '.join(stamped)} to the time of the replay)" if stamped else ""
    parts = (
        ("written", f"written{anew}"),
        ("already", "already present"),
        ("conflicting", "skipped, the row has changed"),
        ("refused", f"refused by the database ({why or 'no reason given'})"),
    )
    told = ", ".join(f"{found[name]} {words}" for name, words in parts if found.get(name)) or "nothing to write"
    return f"{table}: {told}"


def check_replay_answer(
    *, facts: str | None, shown: str, tables: list[str], table: str, at_work: str | None
) -> str | None:
    """Why a replay may not start; None if it may."""
    if facts is None:
        return "this incident has no ledger: nothing was compared"
    if shown != facts:
        return f"the ledger is {facts}, but you were shown {shown}; run the command again"
    if table and table not in tables:
        return f"the plan has no table {table} in this database; it has {', '.join(tables)}"
    return f"{at_work} is in progress; replay when it has ended" if at_work else None
