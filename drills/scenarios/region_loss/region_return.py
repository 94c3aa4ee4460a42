"""A lost region comes back after the failover, writable and with its old data: how, and what is expected of it."""

from __future__ import annotations

import json
import time

import psycopg

from drills.client.attempt_log import acknowledged, compare
from drills.engine.context import DrillContext
from drills.results.expect import Judge, asking
from drills.results.record import Recorded, Return

_FENCED_SECONDS = 90.0


def bring_back(scene: DrillContext) -> None:
    """Everything of the lost region works again, as it was; then wait until its fence is seen to and rows counted."""
    scene.returned_at = time.time()
    scene.screen.fault(scene.returned_at, f"{scene.primary} comes back, writable, with its old data and counts")
    scene.world.host.revive_region(scene.primary)
    scene.world.aws.set_faults([])
    scene.wait_until(lambda: "counted_at" in _item(scene, scene.secondary, "FENCE"), _FENCED_SECONDS)


def look(scene: DrillContext, incident_id: str) -> Return:
    """What is there now."""
    world = scene.world
    return Return(
        at=scene.returned_at or 0.0,
        confirmed="confirmed_at" in _item(scene, scene.secondary, "FENCE"),
        rows=tuple(scene.rows(scene.primary)),
        divergent=frozenset(_divergent(scene, incident_id)),
        app_refused=_app_refused(scene),
        active={region: _item(scene, region, "RECORD").get("active_region", "") for region in scene.pair},
        leads_home=world.leads_to(scene.primary),
    )


def _item(scene: DrillContext, region: str, kind: str) -> dict[str, str]:
    """An item of the system's, plain; what is empty in it is left out."""
    found = scene.world.client("dynamodb", region).get_item(
        TableName=scene.world.names(region).table, Key={"pk": {"S": "SYSTEM"}, "sk": {"S": kind}}, ConsistentRead=True
    )
    return {
        name: str(next(iter(value.values()))) for name, value in found.get("Item", {}).items() if "NULL" not in value
    }


def _divergent(scene: DrillContext, incident_id: str) -> list[str]:
    """Ids of bookings in the notes on the incident."""
    found = scene.world.client("dynamodb", scene.secondary).query(
        TableName=scene.world.names(scene.secondary).table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"INCIDENT#{incident_id}"}, ":sk": {"S": "NOTE#DIVERGENT#"}},
        ConsistentRead=True,
    )
    return [key["S"] for item in found["Items"] for key in item["ids"]["L"]]


def _app_refused(scene: DrillContext) -> bool:
    """Whether the login the app reads from its secret is refused in the region that came back."""
    store = scene.world.client("secretsmanager", scene.primary)
    for secret in scene.world.plan.secrets:
        if "DATABASE_URL" in secret.keys:
            url = json.loads(store.get_secret_value(SecretId=secret.name)["SecretString"])["DATABASE_URL"]
            try:
                psycopg.connect(url, connect_timeout=3).close()
            except psycopg.OperationalError as refusal:
                return "not permitted to log in" in str(refusal)
    return False


# -- what is expected -------------------------------------------------------------------------------------
def fenced() -> Judge:
    """It fenced itself: by its own record, for its app, and by the word of the other region."""
    return asking(
        lambda recorded: _found(recorded).confirmed and _found(recorded).app_refused,
        lambda recorded: (
            "the region that came back is not fenced: "
            f"confirmed {_found(recorded).confirmed}, app refused {_found(recorded).app_refused}"
        ),
    )


def stayed() -> Judge:
    """Nothing moved back, and both regions agree who is active."""
    return asking(
        lambda recorded: (
            not _found(recorded).leads_home and set(_found(recorded).active.values()) == {recorded.recovery_region}
        ),
        lambda recorded: f"traffic or authority moved back: {_found(recorded).active}",
    )


def untouched() -> Judge:
    """No booking reached the deposed database from its return on."""

    def late(recorded: Recorded) -> int:
        found = _found(recorded)
        return sum(written.timestamp() >= found.at for _, written in found.rows)

    return asking(
        lambda recorded: not late(recorded), lambda recorded: f"{late(recorded)} bookings reached the deposed database"
    )


def divergence_told() -> Judge:
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
    """What was found; a region that never came back is found unfenced."""
    return recorded.returned or Return(
        at=0.0, confirmed=False, rows=(), divergent=frozenset(), app_refused=False, active={}, leads_home=False
    )
