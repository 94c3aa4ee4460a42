"""Findings after a rotation, by an observer outside the product that knows every password there was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from drills.engine import secret_canary
from drills.engine.context import DrillContext
from drills.world.app_logins import app_login, connection_string
from lyo_dr.decisions.rotation.cache_tokens import cache_url

FINDING = "rotation"
"""The name of the findings in the record."""


@dataclass(frozen=True, kw_only=True)
class Before:
    """The app secret's copies before a rotation, as text by region. Never shown: it holds passwords."""

    secret: str
    texts: dict[str, str] = field(repr=False)


@dataclass
class RotationState:
    """State of a drill that rotates: the secrets as they were."""

    before: Before | None = None


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """Findings after a rotation, by an observer outside the product that knows every password there was."""

    users: dict[str, str]
    """The app's database user, by region."""
    accepted: dict[str, bool]
    """Whether that login is accepted by the database of its region."""
    old_accepted: tuple[str, ...]
    """Former logins a database still accepts: ``user in region``."""
    old_sessions: int
    """Sessions in the active database of a user that is not in use."""
    others_kept: bool
    """Whether everything else in the secrets is the same, byte for byte."""
    pending: tuple[str, ...]
    """Regions in which a version is still pending."""
    logins_seen: int
    leaks: tuple[str, ...]
    """Places outside Secrets Manager in which bytes of a password were found."""
    searched: dict[str, int]
    """What was searched for them: bytes by kind of place."""


def remember(ctx: DrillContext) -> Before:
    """Keep the app secret of both regions as it is now; the first call counts."""
    state = ctx.state(RotationState)
    state.before = state.before or _texts(ctx)
    return state.before


def collect(ctx: DrillContext) -> dict[str, Rotated]:
    """Try every login there ever was, and search for its bytes."""
    return {FINDING: _rotated(ctx, remember(ctx))}


def _rotated(ctx: DrillContext, before: Before) -> Rotated:
    regions = [region for region in ctx.pair if region not in _lost(ctx)]
    now = {region: current(ctx, before.secret, region) for region in regions}
    login = app_login(ctx.world.plan)[1]
    urls = {region: connection_string(json.loads(text), login) for region, text in now.items()}
    former = _former(ctx, before.secret, regions)
    used = {region: _user(url) for region, url in urls.items()}
    passwords = {conninfo_to_dict(url)["password"] for url in [*urls.values(), *(url for _, url in former)]}
    issued = _issued(ctx, before.secret, regions) | _tokens(ctx, before.secret, regions)
    leaks, searched = secret_canary.search(ctx, {str(password) for password in passwords} | issued, regions)
    active = _active(ctx, regions)
    return Rotated(
        users=used,
        accepted={region: _accepts(url) for region, url in urls.items()},
        old_accepted=tuple(
            f"{_user(url)} in {region}" for region, url in former if url != urls[region] and _accepts(url)
        ),
        old_sessions=_sessions(ctx.master_dsn(active), used[active]),
        others_kept=all(_others(ctx, now[region]) == _others(ctx, before.texts[region]) for region in regions),
        pending=tuple(region for region in regions if "AWSPENDING" in _labels(ctx, before.secret, region)),
        logins_seen=len(passwords),
        leaks=leaks,
        searched=searched,
    )


def database_secret(ctx: DrillContext) -> str:
    """The name of the secret whose login is rotated."""
    return app_login(ctx.world.plan)[0].name


def _texts(ctx: DrillContext) -> Before:
    """The app secret of both regions as it stands."""
    secret = database_secret(ctx)
    return Before(secret=secret, texts={region: current(ctx, secret, region) for region in ctx.pair})


def current(ctx: DrillContext, secret: str, region: str) -> str:
    """The text of a copy as it is now."""
    store, name = ctx.world.client("secretsmanager", region), ctx.world.plan.secret_in(secret, region)
    return str(store.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["SecretString"])


def _former(ctx: DrillContext, secret: str, regions: list[str]) -> list[tuple[str, str]]:
    """Every login any version ever held, with its region; the placeholder of the first deployment holds none."""
    login = app_login(ctx.world.plan)[1]
    found = [(region, connection_string(held, login)) for region, held in _versions(ctx, secret, regions)]
    return [(region, url) for region, url in found if url]


def _issued(ctx: DrillContext, secret: str, regions: list[str]) -> set[str]:
    """Every key of an issuer any version ever held. The placeholder of the first deployment is a sentence."""
    names = [name.key for name in ctx.world.plan.issued() if name.secret == secret]
    found = {held.get(key, "") for _, held in _versions(ctx, secret, regions) for key in names}
    return {value for value in found if value and " " not in value}


def _tokens(ctx: DrillContext, secret: str, regions: list[str]) -> set[str]:
    """Every token of a cache any version ever held."""
    keys = [cache.key for cache in ctx.world.plan.caches if cache.secret == secret]
    urls = {held.get(key, "") for _, held in _versions(ctx, secret, regions) for key in keys}
    return {cache_url(url).token for url in urls if "://" in url}


def _versions(ctx: DrillContext, secret: str, regions: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for region in regions:
        store, name = ctx.world.client("secretsmanager", region), ctx.world.plan.secret_in(secret, region)
        for version in store.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]:
            text = store.get_secret_value(SecretId=name, VersionId=version["VersionId"])["SecretString"]
            yield region, json.loads(text)


def _labels(ctx: DrillContext, secret: str, region: str) -> set[str]:
    name = ctx.world.plan.secret_in(secret, region)
    answer = ctx.world.client("secretsmanager", region).describe_secret(SecretId=name)
    return {label for stages in answer["VersionIdsToStages"].values() for label in stages}


def _others(ctx: DrillContext, text: str) -> str:
    """The text without the values that may change."""
    values = json.loads(text)
    login = app_login(ctx.world.plan)[1]
    for key in (*login.needed_keys(), *(cache.key for cache in ctx.world.plan.caches)):
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


def _lost(ctx: DrillContext) -> set[str]:
    return {rule["region"] for rule in ctx.world.aws.faults() if rule.get("kind") == "blackhole"}


def _active(ctx: DrillContext, regions: list[str]) -> str:
    return ctx.primary if ctx.primary in regions else ctx.secondary
