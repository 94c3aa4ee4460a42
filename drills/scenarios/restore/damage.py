"""Data that goes wrong while everything runs, and an operator who says so."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from drills.engine.context import DrillContext
from drills.scenarios import bad_migration
from drills.world.app_logins import app_login

_BASELINE_SECONDS = 40.0
_NOTICED_SECONDS = 3.0
_ODD = (
    '{ "Z_LAST" : "\\u00e9t\u00e9",\n\t"DATABASE_URL":<address> ,"n": 1.0, '
    '"deep": {"DATABASE_URL": "not this"},  "REDIS_URL":"", "OPENAI_API_KEY" :"-", '
    '"WHATSAPP_ACCESS_TOKEN":"-","GOOGLE_API_KEY": "-"}'
)
ODD_SECRET = f"^{re.escape(_ODD)}$"
"""What the secret has to be in the end, but for the address."""
RequestFor = Callable[[float], dict[str, Any]]
"""What an operator adds to the signal, given the time of the damage (epoch seconds)."""


def migrate_badly(ctx: DrillContext, after: float = 1.5) -> float:
    """A migration forgets its WHERE: every appointment loses its customer, in one transaction.

    ``after`` seconds after a good run was noticed.
    """
    began = time.time()
    ctx.screen.stage("Waiting for a run of the integrity questions among the bookings")
    ctx.wait_until(partial(baseline_since, ctx, began), _BASELINE_SECONDS)
    ctx.let_pass(after)
    at = bad_migration.run(ctx)
    ctx.screen.fault(at, bad_migration.told(ctx))
    return at


def say_data_is_wrong(ctx: DrillContext, request: RequestFor = lambda _at: {}) -> None:
    """An operator notices after some seconds, while bookings go on, and starts an incident."""
    damaged_at = time.time()
    ctx.let_pass(_NOTICED_SECONDS)
    now = datetime.now(UTC)
    signal = {"kind": "database", "source": "operator", "region": ctx.primary, "at": now.isoformat(), "by": "drill"}
    signal |= {"database": ctx.world.plan.databases[0].name, **request(damaged_at)}
    ctx.screen.stage("An operator says that the data is wrong")
    ctx.world.client("stepfunctions", ctx.primary).start_execution(
        stateMachineArn=ctx.world.names(ctx.primary).machine("incident_response"),
        name=f"database-{now:%Y%m%dT%H%M%S}",
        input=json.dumps({"signal": signal}),
    )


def say_a_moment_that_is_too_late(ctx: DrillContext) -> None:
    """The operator names a moment that is after the damage."""
    say_data_is_wrong(ctx, _a_second_after)


def _a_second_after(damaged_at: float) -> dict[str, Any]:
    return {"restore_to": (datetime.fromtimestamp(damaged_at, UTC) + timedelta(seconds=1)).isoformat()}


def book_on(ctx: DrillContext) -> None:
    """Until bookings resume; the database is where the secret leads now."""
    ctx.wait_until(ctx.books, 30.0)
    ctx.read_address_again(ctx.primary)


def collect(ctx: DrillContext) -> dict[str, str]:
    """How many rows carry the damage, where every database is, and what the app's secret says."""
    names = {region: _identifiers(ctx, region) for region in ctx.pair}
    return {"damaged rows": bad_migration.damaged_rows(ctx, ctx.primary), **names, "secret": secret_text(ctx)}


def spoil_secret(ctx: DrillContext) -> None:
    """The app secret as people write it: keys the plan does not know, odd spaces, numbers, nested values."""
    store, name = ctx.world.client("secretsmanager", ctx.primary), _secret_name(ctx)
    text = store.get_secret_value(SecretId=name)["SecretString"]
    url = json.dumps(json.loads(text)["DATABASE_URL"])
    odd = _ODD.replace("<address>", url)
    store.put_secret_value(SecretId=name, SecretString=odd)


def secret_text(ctx: DrillContext) -> str:
    """The app secret of the primary without the address it leads to, which is no news and holds a password."""
    found = ctx.world.client("secretsmanager", ctx.primary).get_secret_value(SecretId=_secret_name(ctx))
    text, (_, login) = str(found["SecretString"]), app_login(ctx.world.plan)
    if login.url_key is not None:
        return text.replace(json.dumps(json.loads(text)[login.url_key]), "<address>", 1)
    hidden = {*login.credential_keys(), *login.location_keys()}
    return json.dumps({key: "<login>" if key in hidden else value for key, value in json.loads(text).items()})


def _secret_name(ctx: DrillContext) -> str:
    return app_login(ctx.world.plan)[0].name_in(ctx.primary)


def _identifiers(ctx: DrillContext, region: str) -> str:
    found = ctx.world.client("rds", region).describe_db_instances()["DBInstances"]
    return ", ".join(sorted(instance["DBInstanceIdentifier"] for instance in found))


def baseline_since(ctx: DrillContext, began: float) -> bool:
    """Whether the integrity questions were answered well since then (epoch seconds)."""
    found = ctx.world.client("dynamodb", ctx.primary).get_item(
        TableName=ctx.world.names(ctx.primary).table,
        Key={"pk": {"S": f"DATABASE#{ctx.world.plan.databases[0].name}"}, "sk": {"S": "GOOD"}},
    )
    if "Item" not in found:
        return False
    at = datetime.fromisoformat(json.loads(found["Item"]["run"]["S"])["at"])
    return at.timestamp() > began
