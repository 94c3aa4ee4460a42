"""Work that only a damaged database holds: how it comes about, how a person gives it back, and who checks it."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg

from drills.engine import operators
from drills.engine.context import DrillContext
from drills.scenarios.restore import damage
from drills.world.onboard import endpoint
from lyo_dr.adapters.http import probe

_SECONDS = 90.0
_FACTS = re.compile(r"The comparison is (\w+);")


@dataclass(frozen=True)
class Given:
    """What was found beside the product: its file, both databases, and what the person read at the prompt."""

    entries: tuple[dict[str, Any], ...]
    """Lines of the replay file of the drill's table, without its header; ``key`` is the id the client sent."""
    header: dict[str, Any]
    damaged: frozenset[str]
    """Ids in the damaged database, as the master user sees them."""
    restored: frozenset[str]
    """Ids in the restored one, before anything was replayed."""
    shown: str
    first: operators.Said
    second: operators.Said
    id: str = "id"
    """Column of the id the client sent."""
    sample: bool = True
    """Whether the rows are appointments of the built-in application."""


def delete_too_much(ctx: DrillContext) -> float:
    """A clean-up meant for appointments of two years ago keeps those of the last two seconds."""
    began = time.time()
    ctx.screen.stage("Waiting for a run of the integrity questions among the bookings")
    ctx.wait_until(partial(damage.baseline_since, ctx, began), 40.0)
    ctx.let_pass(2.5)
    with ctx.sql(ctx.primary) as connection:
        at = time.time()
        gone = connection.execute(
            "delete from lyo_appointments where created_at < clock_timestamp() - interval '2 seconds'"
        ).rowcount
    ctx.screen.fault(at, f"A clean-up deletes {gone} appointments: its interval says seconds instead of years")
    ctx.notes["deleted"] = gone
    return at


def ask_the_app(ctx: DrillContext) -> None:
    """What the app says of its database, and whether it lives, while the database is being restored."""
    service = ctx.world.plan.services[0]
    url = service.ready_url(ctx.primary)
    ctx.notes["app while restoring"] = str(probe(url, 2.0).database)
    ctx.notes["alive while restoring"] = probe(url.removesuffix(service.ready_path) + "/health", 2.0).status


def give_back(ctx: DrillContext) -> None:
    """Bookings resume, both databases are compared, and a person gives back what can be; twice, for nothing is sure."""
    damage.book_on(ctx)
    incident = ctx.incident_id
    if incident is None or not ctx.wait_until(lambda: _compared(ctx, incident), _SECONDS):
        ctx.screen.stage("No ledger came about")
        return
    header, entries = _file(ctx, incident)
    damaged, restored = _ids(ctx, _kept(ctx, incident)), _ids_here(ctx)
    shown = operators.lyo_dr(ctx, "replay", incident, "--dry-run").text
    facts = _FACTS.search(shown)
    words = ("replay", incident, "--facts", facts[1] if facts else "none", "--yes")
    given = Given(
        entries=entries,
        header=header,
        id=ctx.world.table.id,
        sample=ctx.world.table.sample,
        damaged=damaged,
        restored=restored,
        shown=shown,
        first=operators.lyo_dr(ctx, *words),
        second=operators.lyo_dr(ctx, *words),
    )
    ctx.notes["given back"] = given
    ctx.notes["ledger"] = figures(given)


def figures(given: Given) -> dict[str, Any]:
    """For the report: rows of both databases, and rows of the ledger by kind."""
    counts = Counter(str(entry["what"]) for entry in given.entries)
    kinds = ("replayable", "conflicting", "deleted", "damage", "unknown")
    return {
        "rows_damaged_database": len(given.damaged),
        "rows_restored_database": len(given.restored),
        "entries": {**{kind: counts[kind] for kind in kinds}, **counts},
    }


def _compared(ctx: DrillContext, incident: str) -> bool:
    found = ctx.world.client("dynamodb", ctx.primary).query(
        TableName=ctx.world.names(ctx.primary).table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"INCIDENT#{incident}"}, ":sk": {"S": "NOTE#REPLAYABLE#"}},
        ConsistentRead=True,
    )
    return bool(found["Items"])


def _file(ctx: DrillContext, incident: str) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    database = ctx.world.plan.databases[0].name
    body = ctx.world.client("s3", ctx.primary).get_object(
        Bucket=ctx.world.names(ctx.primary).ledger_bucket,
        Key=f"{incident}/{database}/{ctx.world.table.place.key}.jsonl",
    )["Body"]
    header, *entries = (json.loads(line) for line in body.read().splitlines())
    return header, tuple({**entry, "key": _id(ctx, entry["key"])} for entry in entries)


def _id(ctx: DrillContext, key: str) -> str:
    """The id the client sent: the key itself, or a part of one of several columns."""
    table = ctx.world.table
    return key if len(table.keys) == 1 else table.id_of(json.loads(key))


def _kept(ctx: DrillContext, incident: str) -> str:
    """How the master user reaches the damaged instance under its new name."""
    planned = ctx.world.plan.databases[0].instances[ctx.primary]
    host, port = endpoint(ctx.world, ctx.primary, ctx.world.names(ctx.primary).damaged(planned, incident))
    return psycopg.conninfo.make_conninfo(ctx.master_dsn(ctx.primary), host=host, port=port)


def _ids(ctx: DrillContext, dsn: str) -> frozenset[str]:
    table = ctx.world.table
    query = f"select {table.id_sql} from {table.place.sql}"  # noqa: S608 - names of the plan, quoted
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        return frozenset(str(row[0]) for row in connection.execute(query.encode()))


def _ids_here(ctx: DrillContext) -> frozenset[str]:
    return frozenset(each for each, _ in ctx.rows(ctx.primary))
