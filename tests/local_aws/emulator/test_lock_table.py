"""What lease, epoch and timeline stand on: the local table keeps conditions, for the product's own adapter.

A lock that two can take here would prove nothing. So would one that none can.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from local_aws.local import LocalAws
from lyo_dr import errors
from lyo_dr.adapters.aws import session
from lyo_dr.adapters.aws.dynamodb import Table
from tests.local_aws.builders import ACCOUNT, WEST, unique

FREE = "attribute_not_exists(pk)"
NEWER = "attribute_not_exists(pk) OR epoch < :epoch"
MINE = "holder = :holder AND epoch = :epoch"


@pytest.fixture
def table(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    name = unique("incidents")
    keys = ("pk", "HASH"), ("sk", "RANGE")
    aws.client("dynamodb", WEST).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unchecked")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    _forget_clients()
    yield Table(name, WEST)
    _forget_clients()


def _forget_clients() -> None:
    session._session.cache_clear()
    session.client.cache_clear()


def _lease(holder: str, epoch: int = 1) -> dict[str, object]:
    return {"pk": "LEASE", "sk": "LEASE", "holder": holder, "epoch": epoch}


def test_of_many_who_take_a_free_lock_at_once_one_gets_it(table: Table) -> None:
    outcomes: dict[str, str] = {}
    ready = threading.Barrier(8)

    def take(holder: str) -> None:
        ready.wait(20)
        try:
            table.put(_lease(holder), condition=FREE)
            outcomes[holder] = "taken"
        except errors.ConditionFailed:
            outcomes[holder] = "refused"

    table.prewarm()
    threads = [threading.Thread(target=take, args=(f"h{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes.values()) == ["refused"] * 7 + ["taken"]
    (winner,) = [holder for holder, outcome in outcomes.items() if outcome == "taken"]
    assert table.get("LEASE", "LEASE") == _lease(winner)


@pytest.mark.parametrize(("epoch", "written"), [(1, False), (2, False), (3, True)])
def test_an_epoch_only_grows(table: Table, epoch: int, written: bool) -> None:
    table.put(_lease("a", 2), condition=NEWER, values={":epoch": 2})
    if not written:
        with pytest.raises(errors.ConditionFailed):
            table.put(_lease("b", epoch), condition=NEWER, values={":epoch": epoch})
    else:
        table.put(_lease("b", epoch), condition=NEWER, values={":epoch": epoch})
    assert table.get("LEASE", "LEASE") == (_lease("b", epoch) if written else _lease("a", 2))


@pytest.mark.parametrize(("holder", "epoch", "holds"), [("a", 1, True), ("b", 1, False), ("a", 2, False)])
def test_a_lock_is_changed_by_its_holder_in_its_epoch_only(table: Table, holder: str, epoch: int, holds: bool) -> None:
    table.put(_lease("a"))
    values = {":holder": holder, ":epoch": epoch}
    if holds:
        table.change("LEASE", "LEASE", {"until": "later", "notes": {"n": 1}}, MINE, values)
        assert table.get("LEASE", "LEASE") == {**_lease("a"), "until": "later", "notes": {"n": 1}}
        return
    with pytest.raises(errors.ConditionFailed):
        table.change("LEASE", "LEASE", {"until": "later"}, MINE, values)
    assert table.get("LEASE", "LEASE") == _lease("a")


def test_a_timeline_is_listed_in_order_and_without_its_neighbours(table: Table) -> None:
    keys = [f"EVENT#2026-01-01T00:00:{second:02d}Z" for second in range(30)]
    for key in reversed(keys):
        table.put({"pk": "INCIDENT#1", "sk": key})
    table.put({"pk": "INCIDENT#1", "sk": "HEAD"})
    table.put({"pk": "INCIDENT#2", "sk": keys[0]})
    assert [item["sk"] for item in table.list("INCIDENT#1", "EVENT#")] == keys


def test_a_long_timeline_is_listed_to_its_end(table: Table) -> None:
    text = "x" * 300_000
    for number in range(5):  # more than the 1 MB of one page
        table.put({"pk": "INCIDENT#1", "sk": f"EVENT#{number}", "text": text})
    assert [item["sk"] for item in table.list("INCIDENT#1", "EVENT#")] == [f"EVENT#{number}" for number in range(5)]


def test_a_table_nobody_knows_is_not_found(table: Table) -> None:
    with pytest.raises(errors.NotFound):
        Table(table.name + "-gone", WEST).get("LEASE", "LEASE")
