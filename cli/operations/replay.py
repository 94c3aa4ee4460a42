"""``lyo-dr replay``: show the comparison of both databases, ask for confirmation, and wait for the replay."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from cli.operator_api import OperatorApiUnreachable, print_reply, send_command
from cli.output import paste, prompt, refuse, say, working
from cli.region_view import RegionView, ask, failures
from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.decisions.restore.reconciliation import table_sentence
from lyo_dr.model.plan import Plan
from lyo_dr.model.reconciliation import Compared

_WAITED_SECONDS = 900.0
_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Comparison:
    """Comparison of the damaged and the restored database, as one region has recorded it."""

    region: str
    facts: str
    tables: list[Compared]

    @property
    def replayable(self) -> int:
        """Number of rows that conflict with nothing."""
        return sum(table.replayable for table in self.tables)

    @property
    def unknown(self) -> int:
        """Number of rows of which nobody knows whether they are the damage."""
        return sum(table.unknown for table in self.tables)


@dataclass(frozen=True)
class Wanted:
    """What of it is to be written: one table or all, and what is written only where somebody asks for it."""

    table: str = ""
    include: tuple[str, ...] = ()
    also_unknown: bool = False

    def takes(self, found: Comparison) -> bool:
        """Whether there is anything to write."""
        return bool(found.replayable or self.include or (self.also_unknown and found.unknown))


def replay(plan: Plan, incident: str, wanted: Wanted, *, facts: str | None, dry_run: bool, yes: bool) -> int:
    """Show, confirm, start, wait; 0 replayed, 1 refused or failed. Raises typer.Exit(2)."""
    found, table = _find(plan, incident), wanted.table
    if table and table not in {each.table for each in found.tables}:
        raise refuse(f"{table} was not compared; these were: {', '.join(each.table for each in found.tables)}")
    for sentence in shown(found, wanted):
        say(sentence)
    if dry_run or not wanted.takes(found):
        return 0
    if not _confirmed(found, facts, yes=yes):
        say("Nothing was replayed.")
        return 1
    return _start(plan, found, incident, wanted)


def _confirmed(found: Comparison, facts: str | None, *, yes: bool) -> bool:
    """Whether the hash of what was shown was named or typed: a yes is given too easily. Raises typer.Exit(2)."""
    if facts is not None and facts != found.facts:
        raise refuse(f"--facts is {facts}, but the comparison is {found.facts}; check it again")
    if yes and facts is None:
        raise refuse("--yes needs --facts: the hash shows that you have seen what you confirm")
    return yes or prompt(f"Type {found.facts} to write these rows back") == found.facts


def shown(found: Comparison, wanted: Wanted) -> Iterator[str]:
    """Say what would be written, by table, with the keys of what needs a decision."""
    for each in found.tables:
        if wanted.table in ("", each.table):
            yield f"{table_sentence(each)}."
            yield from (
                f"  needs your decision (--include-conflict): {key}" for key in each.named if key not in wanted.include
            )
            yield from _unknown(each, wanted)
    yield from (f"  will be overwritten: {key}" for key in wanted.include)
    alone = wanted.also_unknown or not found.unknown
    left = "conflicts and deletions" if alone else "conflicts, deletions and unknown rows"
    yield f"The comparison is {found.facts}; {left} are left alone."


def _unknown(table: Compared, wanted: Wanted) -> Iterator[str]:
    """Samples of the rows that may be the damage."""
    word = "will be written although it may be damage" if wanted.also_unknown else "may be damage (--also-unknown)"
    yield from (f"  {word}: {sample}" for sample in table.samples)
    if more := table.unknown - len(table.samples):
        yield f"  and {more} more"


def _start(plan: Plan, found: Comparison, incident: str, wanted: Wanted) -> int:
    before = _concluded(plan, found.region, incident)
    fields: dict[str, Any] = {"incident": incident, "facts": found.facts, "table": wanted.table}
    fields |= {"include": list(wanted.include)}
    if wanted.also_unknown:
        fields["also_unknown"] = True
    try:
        code = print_reply(send_command(plan, found.region, action="replay", **fields))
    except OperatorApiUnreachable as closed:
        raise refuse(str(closed)) from None
    return code or _wait(plan, found.region, incident, before)


def _wait(plan: Plan, region: str, incident: str, before: dict[str, Item]) -> int:
    """Wait until the result is recorded."""
    with working(f"Replaying in {region}"):
        ended = _ended(plan, region, incident, before)
    if ended is None:
        say("The replay is still running; this shows how it ends:")
        paste(f"  lyo-dr timeline {incident} --follow")
        return 0
    say(f"{ended['sentence']}.", "bold red" if ended.get("failed") else "bold green")
    return 1 if ended.get("failed") else 0


def _ended(plan: Plan, region: str, incident: str, before: dict[str, Item]) -> Item | None:
    deadline = time.monotonic() + _WAITED_SECONDS
    while time.monotonic() < deadline:
        new = {number: item for number, item in _concluded(plan, region, incident).items() if number not in before}
        if new:
            return new[max(new)]
        time.sleep(_POLL_SECONDS)
    return None


def _concluded(plan: Plan, region: str, incident: str) -> dict[str, Item]:
    (answer,) = ask(plan, (region,), lambda view: view.store.incidents.notes(incident, "CONCLUDED"))
    return {str(item["sk"]).rpartition("#")[2]: item for item in answer.value or []}


def _find(plan: Plan, incident: str) -> Comparison:
    answers = ask(plan, plan.regions.pair, lambda view: _read(view, plan, incident))
    for answer in answers:
        if answer.value is not None:
            return answer.value
    if missing := failures(answers):
        raise refuse(f"whether there is something to replay for {incident} is not known", *missing)
    raise refuse(
        f"{incident} has nothing to replay; `lyo-dr timeline {incident}` shows whether its databases were compared"
    )


def _read(view: RegionView, plan: Plan, incident: str) -> Comparison | None:
    whole = next(iter(view.store.incidents.notes(incident, "REPLAYABLE")), None)
    if whole is None:
        return None
    found = [msgspec.convert(_plain(item), Compared) for item in view.store.incidents.notes(incident, "LEDGER")]
    order_of = [table.name for table in plan.database(str(whole["database"])).tables]
    tables = sorted(found, key=lambda each: order_of.index(each.table) if each.table in order_of else len(order_of))
    return Comparison(view.region, str(whole["facts"]), tables)


def _plain(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("pk", "sk")}
