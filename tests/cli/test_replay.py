"""``lyo-dr replay``: what is shown, what has to be typed, and what is ordered."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cli import operator_api
from lyo_dr.model.reconciliation import Compared
from lyo_dr.store.incidents import Incidents
from tests.cli.aws import IRELAND, TwoRegions
from tests.cli.conftest import Type

NAME, FACTS = "database-20260329T120000", "1f0c9a77be21"
TABLE = Compared(
    table="lyo_appointments",
    found_by="commit times",
    in_damaged=380,
    in_restored=255,
    replayable=105,
    conflicting=1,
    named=["key-of-a-conflict"],
)
Orders = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def orders(aws: TwoRegions, monkeypatch: pytest.MonkeyPatch) -> Orders:
    """What was ordered where; the operator API accepts everything, and each replay ends at once."""
    found: Orders = []

    def take(_plan: Any, region: str, **fields: Any) -> operator_api.Reply:
        found.append((region, fields))
        number = f"{len(found):03}"
        sentence = f"Replay {number} is done: 105 rows written"
        Incidents(aws.table(region)).record_once(
            NAME, "CONCLUDED", number, sentence=sentence, failed=fields["table"] == "bad"
        )
        return operator_api.Reply(200, f"replay {number} has started")

    monkeypatch.setattr("cli.operations.replay.send_command", take)
    return found


@pytest.fixture
def ledger(aws: TwoRegions) -> None:
    """The ledger of a restore in Ireland."""
    incidents = Incidents(aws.table(IRELAND))
    incidents.record_once(NAME, "REPLAYABLE", "bookings", database="bookings", facts=FACTS, incident="{}")
    incidents.record_once(NAME, "LEDGER", "bookings#lyo_appointments", **msgspec.to_builtins(TABLE))


@pytest.mark.usefixtures("ledger")
def test_a_dry_run_shows_figures_and_the_keys_that_need_a_person_and_orders_nothing(
    lyo_dr: Type, orders: Orders
) -> None:
    said = lyo_dr("replay", NAME, "--dry-run")
    assert said.exit_code == 0, said.output
    assert "105 can be replayed, 1 conflict" in said.output
    assert "needs your decision (--include-conflict): key-of-a-conflict" in said.output
    assert f"The comparison is {FACTS}" in said.output
    assert orders == []


@pytest.mark.usefixtures("ledger")
def test_the_hash_of_what_was_shown_has_to_be_typed(lyo_dr: Type, orders: Orders) -> None:
    assert lyo_dr("replay", NAME, answer="y\n").exit_code == 1
    assert orders == []
    said = lyo_dr("replay", NAME, answer=f"{FACTS}\n")
    assert said.exit_code == 0, said.output
    assert "Replay 001 is done: 105 rows written." in said.output
    assert orders == [
        (IRELAND, {"action": "replay", "incident": NAME, "facts": FACTS, "table": "", "include": []}),
    ]


@pytest.mark.usefixtures("ledger")
def test_yes_needs_the_facts_and_the_right_ones(lyo_dr: Type, orders: Orders) -> None:
    assert lyo_dr("replay", NAME, "--yes").exit_code == 2
    assert lyo_dr("replay", NAME, "--yes", "--facts", "000000000000").exit_code == 2
    assert orders == []
    named = ("--include-conflict", "key-of-a-conflict", "--table", "lyo_appointments")
    said = lyo_dr("replay", NAME, "--yes", "--facts", FACTS, *named)
    assert said.exit_code == 0, said.output
    assert "will be overwritten: key-of-a-conflict" in said.output
    assert orders[0][1]["include"] == ["key-of-a-conflict"]


@pytest.mark.usefixtures("ledger", "orders")
def test_a_table_that_was_not_compared_is_refused(lyo_dr: Type) -> None:
    said = lyo_dr("replay", NAME, "--table", "nothing")
    assert said.exit_code == 2
    assert "nothing was not compared; these were: lyo_appointments" in " ".join(said.output.split())


@pytest.mark.usefixtures("aws")
def test_without_a_ledger_it_says_where_to_look(lyo_dr: Type) -> None:
    said = lyo_dr("replay", NAME)
    assert said.exit_code == 2
    assert "has nothing to replay" in said.output
