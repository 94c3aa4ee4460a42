"""``lyo-dr replay``: the ledger in figures, a person's consent, and the end of the replay."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import typer

from cli.operator_api import DoorClosed, order, report
from cli.output import refuse, say
from cli.region_view import RegionView, ask
from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.decisions.restore.reconciliation import table_sentence
from lyo_dr.model.plan import Plan
from lyo_dr.model.reconciliation import Compared

_WAITED_SECONDS = 900.0
_LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Ledger:
    """What a region has on record of one incident."""

    region: str
    facts: str
    tables: list[Compared]

    @property
    def replayable(self) -> int:
        """Rows that conflict with nothing."""
        return sum(table.replayable for table in self.tables)


def replay(
    plan: Plan, incident: str, *, table: str, include: list[str], facts: str | None, dry_run: bool, yes: bool
) -> int:
    """Show, ask, order, wait; 0 replayed, 1 refused or stopped. Raises typer.Exit(2)."""
    ledger = _find(plan, incident)
    if table and table not in {each.table for each in ledger.tables}:
        raise refuse(f"{table} is not in the ledger; it has {', '.join(each.table for each in ledger.tables)}")
    for sentence in shown(ledger, table, include):
        say(sentence)
    if dry_run or not (ledger.replayable or include):
        return 0
    if not _consents(ledger, facts, yes=yes):
        say("Nothing was ordered.")
        return 1
    return _order(plan, ledger, incident, table, include)


def _consents(ledger: Ledger, facts: str | None, *, yes: bool) -> bool:
    """The hash of what was shown is named or typed, not nodded through. Raises typer.Exit(2)."""
    if facts is not None and facts != ledger.facts:
        raise refuse(f"you name the facts {facts}, and the ledger is {ledger.facts}; look again")
    if yes and facts is None:
        raise refuse("--yes needs --facts: what nobody has looked at cannot be consented to")
    return yes or bool(typer.prompt(f"Type {ledger.facts} to have it written back") == ledger.facts)


def shown(ledger: Ledger, table: str, include: list[str]) -> Iterator[str]:
    """What would be written, table by table, with the keys a person has to decide on."""
    for each in ledger.tables:
        if table in ("", each.table):
            yield f"{table_sentence(each)}."
            yield from (f"  not without a person: {key}" for key in each.named if key not in include)
    yield from (f"  overwritten, because you name it: {key}" for key in include)
    yield f"The ledger is {ledger.facts}; conflicts and deletions are left alone."


def _order(plan: Plan, ledger: Ledger, incident: str, table: str, include: list[str]) -> int:
    before = _concluded(plan, ledger.region, incident)
    fields: dict[str, Any] = {"incident": incident, "facts": ledger.facts, "table": table, "include": include}
    try:
        code = report(order(plan, ledger.region, action="replay", **fields))
    except DoorClosed as closed:
        raise refuse(str(closed)) from None
    return code or _wait(plan, ledger.region, incident, before)


def _wait(plan: Plan, region: str, incident: str, before: dict[str, Item]) -> int:
    """Until it is on record how it ended."""
    deadline = time.monotonic() + _WAITED_SECONDS
    while time.monotonic() < deadline:
        new = {number: item for number, item in _concluded(plan, region, incident).items() if number not in before}
        if new:
            ended = new[max(new)]
            say(f"{ended['sentence']}.", "bold red" if ended.get("failed") else "bold green")
            return 1 if ended.get("failed") else 0
        time.sleep(_LOOK_SECONDS)
    say(f"It goes on; `lyo-dr timeline {incident} --follow` shows how it ends.")
    return 0


def _concluded(plan: Plan, region: str, incident: str) -> dict[str, Item]:
    (answer,) = ask(plan, (region,), lambda view: view.incidents.notes(incident, "CONCLUDED"))
    return {str(item["sk"]).rpartition("#")[2]: item for item in answer.value or []}


def _find(plan: Plan, incident: str) -> Ledger:
    answers = ask(plan, plan.regions.pair, lambda view: _read(view, plan, incident))
    for answer in answers:
        if answer.value is not None:
            return answer.value
    for answer in answers:
        if answer.silence:
            say(answer.silence, "yellow")
    raise refuse(f"{incident} has no ledger; `lyo-dr timeline {incident}` says whether its databases were compared")


def _read(view: RegionView, plan: Plan, incident: str) -> Ledger | None:
    whole = next(iter(view.incidents.notes(incident, "REPLAYABLE")), None)
    if whole is None:
        return None
    found = [msgspec.convert(_plain(item), Compared) for item in view.incidents.notes(incident, "LEDGER")]
    order_of = [table.name for table in plan.database(str(whole["database"])).tables]
    tables = sorted(found, key=lambda each: order_of.index(each.table) if each.table in order_of else len(order_of))
    return Ledger(view.region, str(whole["facts"]), tables)


def _plain(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("pk", "sk")}
