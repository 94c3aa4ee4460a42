"""Recorded attempts of a restore, from which every state resumes after a crash (idempotent)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.model.restore import DatabaseEvidence, IntegrityCheck, Target
from lyo_dr.model.search import Bracket, Found


class Attempts:
    """The attempts of one incident, the first is number 1; with ``database`` those of one of several."""

    def __init__(self, ctx: StepContext, incident_id: str, database: str | None = None) -> None:
        self._ctx = ctx
        self._incident_id = incident_id
        self._kind = "ATTEMPT" if database is None else f"ATTEMPT-OF#{database}"

    def add(self, number: int, target: Target, search: Bracket | None = None) -> None:
        """Write an attempt down, once; ``search`` is what is to be searched before it is made."""
        at = target.at.isoformat() if target.at else None
        self._ctx.store.incidents.record_once(
            self._incident_id,
            self._kind,
            f"{number:02}",
            what=target.kind,
            at=at,
            snapshot=target.snapshot,
            begun=self._ctx.now().isoformat(),
            maker=self._incident_id,
            search=msgspec.to_builtins(search),
        )

    def refine(self, found: Found) -> None:
        """A search has narrowed the first attempt down: from now on it is this one. Once."""
        self._ctx.store.incidents.record_once(
            self._incident_id,
            self._kind,
            "01-searched",
            what="moment",
            at=found.at.isoformat(),
            snapshot=None,
            begun=self._ctx.now().isoformat(),
            maker=self._incident_id,
            instance=found.instance,
            thrown_away=found.restores - (found.instance is not None),
            evidence=found.evidence,
        )

    def use_delayed(self, identifier: str, at: datetime) -> None:
        """The attempt at work is made by promoting a delayed replica, which holds the data of this moment. Once."""
        self._ctx.store.incidents.record_once(
            self._incident_id,
            self._kind,
            f"{len(self._notes()):02}-delayed",
            what="moment",
            at=at.isoformat(),
            snapshot=None,
            begun=self._ctx.now().isoformat(),
            maker=self._incident_id,
            instance=identifier,
            delayed=identifier,
        )

    def wind(self, at: datetime) -> None:
        """Before it is promoted it was brought nearer to the damage. Once."""
        notes = self._notes()
        fields = {name: value for name, value in notes[-1].items() if name not in ("pk", "sk")}
        fields |= {"at": at.isoformat(), "begun": self._ctx.now().isoformat()}
        self._ctx.store.incidents.record_once(self._incident_id, self._kind, f"{len(notes):02}-delayed-wound", **fields)

    def delayed(self) -> str | None:
        """The delayed replica that was used for one of them."""
        return next((str(note["delayed"]) for note in self._notes() if note.get("delayed")), None)

    def at_delayed(self) -> bool:
        """Whether the attempt at work is the one by the delayed replica."""
        return any(note.get("delayed") for note in self._notes()[-1:])

    def instead(self) -> Target:
        """The moment that was chosen before a delayed replica took the place of a restore."""
        notes = self._ctx.store.incidents.notes(self._incident_id, self._kind)
        return _target(notes[next(i for i, note in enumerate(notes) if note.get("delayed")) - 1])

    def all(self) -> list[Target]:
        """Every attempt, in order; the last is the one at work."""
        return [_target(note) for note in self._notes()]

    def restores(self) -> int:
        """How many restores were made for them, those of a search included; promoting a replica is none."""
        notes = self._notes()
        made = [note for note in notes if not note.get("delayed")]
        return len(made) + sum(int(note.get("thrown_away", 0)) for note in notes)

    def evidence(self) -> list[str]:
        """What a search found out about the moment."""
        return [sentence for note in self._notes() for sentence in note.get("evidence", [])]

    def open_search(self) -> Bracket | None:
        """What was to be searched, where no search has come to its end."""
        notes = self._notes()
        search = notes[-1].get("search") if notes else None
        return None if search is None else msgspec.convert(search, Bracket)

    def instance(self, planned: str) -> str:
        """The name of the instance of the attempt at work: made by a search, or by this incident, or one before it."""
        notes = self._notes()
        last = notes[-1]
        return str(last.get("instance") or self._ctx.names.restored(planned, last["maker"], len(notes)))

    def origin(self) -> str:
        """The incident that made the first attempt: this one, or the interrupted one it goes on with."""
        return str(self._notes()[0]["maker"])

    def maker(self) -> str:
        """The incident that wrote the attempt at work down; its tag is on the instance."""
        return str(self._notes()[-1]["maker"])

    def begun(self) -> datetime:
        """When the attempt at work was written down: each has the whole budget for itself."""
        return datetime.fromisoformat(self._notes()[-1]["begun"])

    def damaged(self, database: str) -> str:
        """The instance the database lived in when this incident began."""
        note = self._ctx.store.incidents.read_note(self._incident_id, "DAMAGED", database)
        return str((note or {})["instance"])

    def _notes(self) -> list[dict[str, Any]]:
        """The newest of each number, which a search may have narrowed down."""
        notes = self._ctx.store.incidents.notes(self._incident_id, self._kind)
        return list({str(note["sk"]).rpartition("#")[2][:2]: note for note in notes}.values())


def _target(note: dict[str, Any]) -> Target:
    at = datetime.fromisoformat(note["at"]) if note["at"] else None
    return Target(kind=note["what"], at=at, snapshot=note["snapshot"])


def keep_as_good(ctx: StepContext, database: str, restored: DatabaseEvidence) -> None:
    """What a restored database answered is the baseline from now on.

    The one before may hold later work, which was given up: held against that, the restored data would look damaged.
    Only once users are served by it; a restore that was called off leaves the baseline as it is.
    """
    if restored.at is not None:
        run = IntegrityCheck(at=restored.at, lsn=restored.lsn or "", readings=restored.readings, faults=[])
        ctx.store.databases.record_run(database, run)
