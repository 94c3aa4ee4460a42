"""A lost region comes back after the failover, writable and with its old data: the scenario and its expectations."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime

import psycopg

from drills.client.attempt_log import acknowledged, compare
from drills.engine.context import DrillContext
from drills.results.expect import Expectation, asking
from drills.results.record import Recorded
from drills.world.app_logins import app_login, connection_string

_FENCED_SECONDS = 90.0
FINDING = "return"
"""The name of the findings in the record."""


@dataclass
class ReturnState:
    """State of a drill in which a lost region comes back: when it did."""

    at: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Return:
    """Findings in a lost region that came back at ``at``, once its fence was confirmed or the wait timed out."""

    at: float
    confirmed: bool
    rows: tuple[tuple[str, datetime], ...]
    """Every booking in its database."""
    divergent: frozenset[str]
    """Ids the product recorded as existing only there."""
    app_refused: bool
    """Whether its database refuses the app's own login."""
    active: dict[str, str]
    """The active region according to each region's record."""
    leads_home: bool
    """Whether the name resolves to it again."""


def bring_back(ctx: DrillContext) -> None:
    """Restore everything of the lost region as it was, then wait until it is fenced and its rows are counted."""
    at = ctx.state(ReturnState).at = time.time()
    ctx.screen.fault(at, f"{ctx.primary} comes back, writable, with its old data and counts")
    ctx.world.host.revive_region(ctx.primary)
    ctx.world.aws.set_faults([])
    ctx.wait_until(lambda: "counted_at" in _item(ctx, ctx.secondary, "FENCE"), _FENCED_SECONDS)


def collect(ctx: DrillContext) -> dict[str, Return]:
    """Read the fence, the rows and the records of the region that came back."""
    return {FINDING: _returned(ctx, ctx.incident_id)} if ctx.incident_id else {}


def _returned(ctx: DrillContext, incident_id: str) -> Return:
    world = ctx.world
    return Return(
        at=ctx.state(ReturnState).at,
        confirmed="confirmed_at" in _item(ctx, ctx.secondary, "FENCE"),
        rows=tuple(ctx.rows(ctx.primary)),
        divergent=frozenset(_divergent(ctx, incident_id)),
        app_refused=_app_refused(ctx),
        active={region: _item(ctx, region, "RECORD").get("active_region", "") for region in ctx.pair},
        leads_home=world.leads_to(ctx.primary),
    )


def _item(ctx: DrillContext, region: str, kind: str) -> dict[str, str]:
    """An item of the system's, plain; what is empty in it is left out."""
    found = ctx.world.client("dynamodb", region).get_item(
        TableName=ctx.world.names(region).table, Key={"pk": {"S": "SYSTEM"}, "sk": {"S": kind}}, ConsistentRead=True
    )
    return {
        name: str(next(iter(value.values()))) for name, value in found.get("Item", {}).items() if "NULL" not in value
    }


def _divergent(ctx: DrillContext, incident_id: str) -> list[str]:
    """Ids of bookings in the notes on the incident."""
    found = ctx.world.client("dynamodb", ctx.secondary).query(
        TableName=ctx.world.names(ctx.secondary).table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"INCIDENT#{incident_id}"}, ":sk": {"S": "NOTE#DIVERGENT#"}},
        ConsistentRead=True,
    )
    return [key["S"] for item in found["Items"] for key in item["ids"]["L"]]


def _app_refused(ctx: DrillContext) -> bool:
    """Whether the login the app reads from its secret is refused in the region that came back."""
    store = ctx.world.client("secretsmanager", ctx.primary)
    secret, login = app_login(ctx.world.plan)
    held = json.loads(store.get_secret_value(SecretId=secret.name_in(ctx.primary))["SecretString"])
    try:
        psycopg.connect(connection_string(held, login), connect_timeout=3).close()
    except psycopg.OperationalError as refusal:
        return "not permitted to log in" in str(refusal)
    return False


# -- what is expected -------------------------------------------------------------------------------------
def fenced() -> Expectation:
    """It fenced itself: by its own record, for its app, and by the word of the other region."""
    return asking(
        lambda recorded: _found(recorded).confirmed and _found(recorded).app_refused,
        lambda recorded: (
            "the region that came back is not fenced: "
            f"confirmed {_found(recorded).confirmed}, app refused {_found(recorded).app_refused}"
        ),
    )


def stayed() -> Expectation:
    """Nothing moved back, and both regions agree who is active."""
    return asking(
        lambda recorded: (
            not _found(recorded).leads_home and set(_found(recorded).active.values()) == {recorded.recovery_region}
        ),
        lambda recorded: f"traffic or authority moved back: {_found(recorded).active}",
    )


def untouched() -> Expectation:
    """No booking reached the deposed database from its return on."""

    def late(recorded: Recorded) -> int:
        found = _found(recorded)
        return sum(written.timestamp() >= found.at for _, written in found.rows)

    return asking(
        lambda recorded: not late(recorded), lambda recorded: f"{late(recorded)} bookings reached the deposed database"
    )


def divergence_told() -> Expectation:
    """What is listed is exactly what the deposed database alone holds, every lost booking among it."""

    def misfits(recorded: Recorded) -> list[str]:
        found = _found(recorded)
        promised = acknowledged(recorded.attempts)
        lost = set(compare(promised, recorded.rows).lost)
        alone = {each for each, _ in found.rows} - {each for each, _ in recorded.rows}
        misses = []
        if found.divergent != alone:
            misses.append(f"{len(found.divergent)} rows are listed, {len(alone)} exist only there")
        if found.divergent & set(promised) != lost:
            misses.append("the listed rows are not the bookings the client lost")
        if not lost:
            misses.append("nothing was lost, so nothing was measured")
        return misses

    return asking(lambda recorded: not misfits(recorded), lambda recorded: "; ".join(misfits(recorded)))


def _found(recorded: Recorded) -> Return:
    """The findings; a region that never came back counts as not fenced."""
    nothing = Return(
        at=0.0, confirmed=False, rows=(), divergent=frozenset(), app_refused=False, active={}, leads_home=False
    )
    found: Return = recorded.found.get(FINDING, nothing)
    return found
