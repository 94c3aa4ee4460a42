"""Secrets rotated under load: how it is begun and interrupted, and what somebody finds who knows every password."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from drills.engine import secret_canary
from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.results.record import Before, Rotated
from drills.scenarios.faults import lose_primary
from lyo_dr.decisions.rotation.cache_tokens import cache_url
from lyo_dr.model.plan import DATABASE_URL
from lyo_dr.model.rotation import HOLDER

STEPS = (
    "CreateSecret",
    "SetSecret",
    "TestSecret",
    "FinishSecret",
    "RedeployServices",
    "CheckRedeployment",
    "RetireLogin",
    "ProveRetired",
    "CloseRotation",
)
INTERRUPTED = tuple(itertools.pairwise(STEPS))
"""Between which two steps a rotation is killed, in this order."""
_MACHINE = "secret_rotation"


# -- how it begins ----------------------------------------------------------------------------------------
def rotate(scene: DrillContext) -> float:
    """An operator asks the active region for a rotation."""
    scene.before = scene.before or texts(scene)
    scene.view = _view(scene, scene.primary)
    at = time.time()
    scene.screen.stage(f"An operator asks {scene.primary} to rotate the database login")
    _start(scene, scene.primary)
    return at


def rotate_interrupted(scene: DrillContext) -> float:
    """One rotation after the other is killed after its next step; the last one is left alone."""
    at = time.time()
    scene.before = texts(scene)
    scene.view = _view(scene, scene.primary)
    for step, following in INTERRUPTED:
        _kill_between(scene, step, following)
    rotate(scene)
    return at


def _kill_between(scene: DrillContext, step: str, following: str) -> None:
    """The function of the following step dies at its first call, until the whole execution is stopped."""
    world = scene.world
    world.aws.set_faults([{"app": following, "region": scene.primary, "kind": "crash_after"}])
    execution = _start(scene, scene.primary)
    scene.wait_until(lambda: step in {line.step for line in scene.new_lines(HOLDER + execution)})
    world.client("stepfunctions", scene.primary).stop_execution(
        executionArn=world.names(scene.primary).execution(_MACHINE, execution)
    )
    world.aws.set_faults([])
    scene.screen.stage(f"The rotation is killed between {step} and {following}")


def stick_pending(scene: DrillContext) -> None:
    """A rotation of long ago left a pending version behind in both regions."""
    scene.before = texts(scene)
    token = str(uuid.uuid4())
    for region, text in scene.before.texts.items():
        scene.world.client("secretsmanager", region).put_secret_value(
            SecretId=scene.before.secret,
            SecretString=text.replace("lyo_app", "lyo_app_b", 1),
            ClientRequestToken=token,
            VersionStages=["AWSPENDING"],
        )


def lose_primary_before_rotating(scene: DrillContext) -> float:
    """The secrets are looked at while their region still answers."""
    scene.before = texts(scene)
    return lose_primary(scene)


def rotate_during_failover(scene: DrillContext) -> None:
    """While the failover works, an operator asks its region for a rotation."""
    scene.wait_until(lambda: scene.view.newest(0.0) is not None)
    scene.screen.stage(
        f"An operator asks {scene.secondary} to rotate the database login, in the middle of the failover"
    )
    _start(scene, scene.secondary)


def follow_rotation(scene: DrillContext) -> None:
    """The failover has ended; the rotation that waited for it goes on."""
    view = _view(scene, scene.secondary)
    found = view.newest(0.0)
    if found is not None:
        scene.wait_until(lambda: view.status(found) != "RUNNING")
        scene.also += view.lines(found)
        for line in scene.also:
            scene.screen.line(line)


def _start(scene: DrillContext, region: str) -> str:
    order = {"by": "drill", "secrets": [database_secret(scene)]}
    name = f"operator-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    scene.world.client("stepfunctions", region).start_execution(
        stateMachineArn=scene.world.names(region).machine(_MACHINE), name=name, input=json.dumps(order)
    )
    return name


def _view(scene: DrillContext, region: str) -> IncidentView:
    return IncidentView(scene.world, scene.world.names(region), _MACHINE, HOLDER)


# -- what is there afterwards -----------------------------------------------------------------------------
def look(scene: DrillContext, before: Before) -> Rotated:
    """Try every login there ever was, and search for its bytes."""
    regions = [region for region in scene.pair if region not in _lost(scene)]
    now = {region: current(scene, before.secret, region) for region in regions}
    urls = {region: json.loads(text)[DATABASE_URL] for region, text in now.items()}
    former = _former(scene, before.secret, regions)
    used = {region: _user(url) for region, url in urls.items()}
    passwords = {conninfo_to_dict(url)["password"] for url in [*urls.values(), *(url for _, url in former)]}
    issued = _issued(scene, before.secret, regions) | _tokens(scene, before.secret, regions)
    leaks, searched = secret_canary.search(scene, {str(password) for password in passwords} | issued, regions)
    active = _active(scene, regions)
    return Rotated(
        users=used,
        accepted={region: _accepts(url) for region, url in urls.items()},
        old_accepted=tuple(
            f"{_user(url)} in {region}" for region, url in former if url != urls[region] and _accepts(url)
        ),
        old_sessions=_sessions(scene.master_dsn(active), used[active]),
        others_kept=all(_others(scene, now[region]) == _others(scene, before.texts[region]) for region in regions),
        pending=tuple(region for region in regions if "AWSPENDING" in _labels(scene, before.secret, region)),
        logins_seen=len(passwords),
        leaks=leaks,
        searched=searched,
    )


def database_secret(scene: DrillContext) -> str:
    """The name of the secret whose login is rotated."""
    return next(secret.name for secret in scene.world.plan.secrets if DATABASE_URL in secret.keys)


def texts(scene: DrillContext) -> Before:
    """The app secret of both regions as it stands."""
    secret = database_secret(scene)
    return Before(secret=secret, texts={region: current(scene, secret, region) for region in scene.pair})


def current(scene: DrillContext, secret: str, region: str) -> str:
    """The text of a copy as it is now."""
    store = scene.world.client("secretsmanager", region)
    return str(store.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")["SecretString"])


def _former(scene: DrillContext, secret: str, regions: list[str]) -> list[tuple[str, str]]:
    """Every URL any version ever held, with its region; the placeholder of the first deployment holds none."""
    found = [(region, held.get(DATABASE_URL, "")) for region, held in _versions(scene, secret, regions)]
    return [(region, url) for region, url in found if url.startswith("postgresql://")]


def _issued(scene: DrillContext, secret: str, regions: list[str]) -> set[str]:
    """Every key of an issuer any version ever held. The placeholder of the first deployment is a sentence."""
    names = [name.key for name in scene.world.plan.issued() if name.secret == secret]
    found = {held.get(key, "") for _, held in _versions(scene, secret, regions) for key in names}
    return {value for value in found if value and " " not in value}


def _tokens(scene: DrillContext, secret: str, regions: list[str]) -> set[str]:
    """Every token of a cache any version ever held."""
    keys = [cache.key for cache in scene.world.plan.caches if cache.secret == secret]
    urls = {held.get(key, "") for _, held in _versions(scene, secret, regions) for key in keys}
    return {cache_url(url).token for url in urls if "://" in url}


def _versions(scene: DrillContext, secret: str, regions: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for region in regions:
        store = scene.world.client("secretsmanager", region)
        for version in store.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]:
            text = store.get_secret_value(SecretId=secret, VersionId=version["VersionId"])["SecretString"]
            yield region, json.loads(text)


def _labels(scene: DrillContext, secret: str, region: str) -> set[str]:
    answer = scene.world.client("secretsmanager", region).describe_secret(SecretId=secret)
    return {label for stages in answer["VersionIdsToStages"].values() for label in stages}


def _others(scene: DrillContext, text: str) -> str:
    """The text without the values that may change."""
    values = json.loads(text)
    for key in (DATABASE_URL, *(cache.key for cache in scene.world.plan.caches)):
        text = text.replace(json.dumps(values[key]), "") if key in values else text
    return text


def _user(url: str) -> str:
    return str(conninfo_to_dict(url)["user"])


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _sessions(dsn: str, used: str) -> int:
    """Sessions of the app's users that are not in use."""
    question = (
        "select count(*) from pg_stat_activity s join lyo_dr.app_role a on a.name = s.usename where s.usename <> %s"
    )
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        row: Any = connection.execute(question, [used]).fetchone()
    return int(row[0])


def _lost(scene: DrillContext) -> set[str]:
    return {rule["region"] for rule in scene.world.aws.faults() if rule.get("kind") == "blackhole"}


def _active(scene: DrillContext, regions: list[str]) -> str:
    return scene.primary if scene.primary in regions else scene.secondary
