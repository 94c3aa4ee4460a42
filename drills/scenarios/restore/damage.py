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

_BASELINE_SECONDS = 40.0
_NOTICED_SECONDS = 3.0
_ODD = (
    '{ "Z_LAST" : "\\u00e9t\u00e9",\n\t"DATABASE_URL":<address> ,"n": 1.0, '
    '"deep": {"DATABASE_URL": "not this"},  "REDIS_URL":"", "OPENAI_API_KEY" :"-"}'
)
ODD_SECRET = f"^{re.escape(_ODD)}$"
"""What the secret has to be in the end, but for the address."""
Wish = Callable[[float], dict[str, Any]]


def migrate_badly(scene: DrillContext, after: float = 1.5) -> float:
    """A migration forgets its WHERE: every appointment loses its customer, in one transaction.

    ``after`` seconds after a good run was noticed.
    """
    began = time.time()
    scene.screen.stage("Waiting for a run of the integrity questions among the bookings")
    scene.wait_until(partial(baseline_since, scene, began), _BASELINE_SECONDS)
    scene.let_pass(after)
    with scene.sql(scene.primary) as connection:
        at = time.time()
        connection.execute("update lyo_appointments set customer = ''")
    scene.screen.fault(at, "A migration forgets its WHERE: every appointment has lost its customer")
    return at


def say_data_is_wrong(scene: DrillContext, wish: Wish = lambda _at: {}) -> None:
    """An operator notices after some seconds, in which people go on booking, and starts the one door."""
    damaged_at = time.time()
    scene.let_pass(_NOTICED_SECONDS)
    now = datetime.now(UTC)
    signal = {"kind": "database", "source": "operator", "region": scene.primary, "at": now.isoformat(), "by": "drill"}
    signal |= {"database": scene.world.plan.databases[0].name, **wish(damaged_at)}
    scene.screen.stage("An operator says that the data is wrong")
    scene.world.client("stepfunctions", scene.primary).start_execution(
        stateMachineArn=scene.world.names(scene.primary).machine("incident_response"),
        name=f"database-{now:%Y%m%dT%H%M%S}",
        input=json.dumps({"signal": signal}),
    )


def say_a_moment_that_is_too_late(scene: DrillContext) -> None:
    """The operator names a moment that is after the damage."""
    say_data_is_wrong(scene, _a_second_after)


def _a_second_after(damaged_at: float) -> dict[str, Any]:
    return {"restore_to": (datetime.fromtimestamp(damaged_at, UTC) + timedelta(seconds=1)).isoformat()}


def book_on(scene: DrillContext) -> None:
    """Until bookings resume; the database is where the secret leads now."""
    scene.wait_until(scene.books, 30.0)
    scene.read_address_again(scene.primary)


def damaged_rows(scene: DrillContext, region: str) -> str:
    """How many rows carry the damage in the database a region serves its users from."""
    with scene.sql(region) as connection:
        row = connection.execute("select count(*) from lyo_appointments where customer = ''").fetchone()
    return str(row[0] if row else "")


def look(scene: DrillContext) -> dict[str, str]:
    """How many rows carry the damage, where every database is, and what the app's secret says."""
    names = {region: _identifiers(scene, region) for region in scene.pair}
    return {"damaged rows": damaged_rows(scene, scene.primary), **names, "secret": secret_text(scene)}


def spoil_secret(scene: DrillContext) -> None:
    """The app secret as people write it: keys the plan does not know, odd spaces, numbers, nested values."""
    store, name = scene.world.client("secretsmanager", scene.primary), _secret_name(scene)
    text = store.get_secret_value(SecretId=name)["SecretString"]
    url = json.dumps(json.loads(text)["DATABASE_URL"])
    odd = _ODD.replace("<address>", url)
    store.put_secret_value(SecretId=name, SecretString=odd)


def secret_text(scene: DrillContext) -> str:
    """The app secret of the primary without the address it leads to, which is no news and holds a password."""
    text = scene.world.client("secretsmanager", scene.primary).get_secret_value(SecretId=_secret_name(scene))
    url = json.dumps(json.loads(text["SecretString"])["DATABASE_URL"])
    return str(text["SecretString"]).replace(url, "<address>", 1)


def _secret_name(scene: DrillContext) -> str:
    return next(secret.name for secret in scene.world.plan.secrets if "DATABASE_URL" in secret.keys)


def _identifiers(scene: DrillContext, region: str) -> str:
    found = scene.world.client("rds", region).describe_db_instances()["DBInstances"]
    return ", ".join(sorted(instance["DBInstanceIdentifier"] for instance in found))


def baseline_since(scene: DrillContext, began: float) -> bool:
    """Whether the integrity questions were answered well since then (epoch seconds)."""
    found = scene.world.client("dynamodb", scene.primary).get_item(
        TableName=scene.world.names(scene.primary).table,
        Key={"pk": {"S": f"DATABASE#{scene.world.plan.databases[0].name}"}, "sk": {"S": "GOOD"}},
    )
    if "Item" not in found:
        return False
    at = datetime.fromisoformat(json.loads(found["Item"]["run"]["S"])["at"])
    return at.timestamp() > began
