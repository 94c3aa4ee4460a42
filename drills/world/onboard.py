"""Onboarding as the documents tell a person to do it: users, schemas, secrets, and only then the service."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import psycopg
from psycopg import sql

from drills.world.app_logins import UNUSED, login_values
from local_aws.data_plane.processes import ProcessError
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import Database, Plan
from lyo_dr.model.resource_names import ResourceNames

_ROOT = Path(__file__).resolve().parents[2]
_SCHEMAS = (_ROOT / "database" / "onboarding.sql", _ROOT / "drills" / "booking_app" / "schema.sql")
_CACHE_SECONDS = 30.0
_APP_USER, _SQL_USER = "lyo_app", "lyo_dr"


class Cloud(Protocol):
    """Source of AWS clients by service and region."""

    def client(self, service: str, region: str) -> Any:
        """A boto3 client."""


def endpoint(cloud: Cloud, region: str, identifier: str) -> tuple[str, int]:
    """Host and port of a database instance."""
    found = cloud.client("rds", region).describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
    return found["Endpoint"]["Address"], int(found["Endpoint"]["Port"])


def master_dsn(cloud: Cloud, plan: Plan, database: Database, region: str) -> str:
    """How the master user reaches the database in ``region``; the password is the one of the first day."""
    names = ResourceNames(plan, plan.regions.primary)
    answer = cloud.client("secretsmanager", names.region).get_secret_value(
        SecretId=f"{names.prefix}/{database.name}/master"
    )
    master = json.loads(answer["SecretString"])
    host, port = endpoint(cloud, region, database.instances[region])
    return psycopg.conninfo.make_conninfo(
        host=host, port=port, user=master["username"], password=master["password"], dbname=dbname(database)
    )


def dbname(database: Database) -> str:
    """The database inside the instance, as the reference workload names it."""
    return database.name.replace("-", "_")


def onboard(cloud: Cloud, plan: Plan) -> None:
    """Prepare every database, then fill the secrets of both regions."""
    urls = _open_caches(cloud, plan)
    issued = {name: f"sk-rehearsal-{secrets.token_urlsafe(24)}" for name in plan.issued()}
    for database in plan.databases:
        passwords = {_APP_USER: secrets.token_urlsafe(24), _SQL_USER: secrets.token_urlsafe(24)}
        _prepare(master_dsn(cloud, plan, database, plan.regions.primary), plan.regions.primary, database, passwords)
        for region in plan.regions.pair:
            _fill(cloud, plan, database, region, passwords, {**issued, **urls[region]})


def _open_caches(cloud: Cloud, plan: Plan) -> dict[str, dict[KeyName, str]]:
    """A group for each cache in both regions, each with a token of its own; the keys of the secrets, by region."""
    urls: dict[str, dict[KeyName, str]] = {}
    for region in plan.regions.pair:
        urls[region] = {}
        for cache in plan.caches:
            token = secrets.token_hex(24)
            cloud.client("elasticache", region).create_replication_group(
                ReplicationGroupId=cache.groups[region],
                ReplicationGroupDescription=f"{cache.name} of a rehearsal",
                AuthToken=token,
            )
            host, port = _cache_endpoint(cloud, region, cache.groups[region])
            urls[region][KeyName(secret=cache.secret, key=cache.key)] = f"redis://:{token}@{host}:{port}/0"
    return urls


def _cache_endpoint(cloud: Cloud, region: str, name: str) -> tuple[str, int]:
    deadline = time.monotonic() + _CACHE_SECONDS
    while time.monotonic() < deadline:
        groups = cloud.client("elasticache", region).describe_replication_groups(ReplicationGroupId=name)
        found = groups["ReplicationGroups"][0]
        if found["Status"] == "available":
            end = found["NodeGroups"][0]["PrimaryEndpoint"]
            return end["Address"], int(end["Port"])
        if found["Status"] == "create-failed":
            break
        time.sleep(0.1)
    raise ProcessError(
        f"The Redis server of cache {name} in {region} did not come up ({found['Status']}): end other work on this "
        "machine and try again, or set REDIS_SERVER to a redis-server that starts here."
    )


def _prepare(dsn: str, region: str, database: Database, passwords: dict[str, str]) -> None:
    values = {"region": region, "app_roles": ",".join(database.app_roles)}
    with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
        for path in _SCHEMAS:
            text = path.read_text(encoding="utf-8")
            for name, value in values.items():
                text = text.replace(f":'{name}'", sql.Literal(value).as_string())
            connection.execute(text.encode())
        _create_app_users(connection, database)
        for table in database.tables:
            names = dict.fromkeys((*table.keys, table.time or table.keys[0]))
            columns = sql.SQL(", ").join(map(sql.Identifier, names))
            connection.execute(
                sql.SQL("grant select ({}) on {} to {}").format(
                    columns, sql.Identifier(table.place.schema, table.place.name), sql.Identifier(_SQL_USER)
                )
            )
        for user, password in passwords.items():
            statement = sql.SQL("alter role {} password {}").format(sql.Identifier(user), sql.Literal(password))
            connection.execute(statement)


def _create_app_users(connection: psycopg.Connection[Any], database: Database) -> None:
    """The one that is in use, and one with the same rights that has no password yet: no login as it is possible."""
    user = sql.Identifier(_APP_USER)
    connection.execute(sql.SQL("create role {} login").format(user))
    connection.execute(sql.SQL("grant select, insert, update on all tables in schema public to {}").format(user))
    for role in database.app_roles:
        if role != _APP_USER:
            connection.execute(sql.SQL("create role {} login in role {}").format(sql.Identifier(role), user))


def _leads_to(cloud: Cloud, region: str, database: Database) -> tuple[str, int]:
    """Where its instance answers; nowhere (RFC 2606) where it has none before it is restored."""
    if region not in database.instances:
        return f"{database.name}.invalid", 5432
    return endpoint(cloud, region, database.instances[region])


def _fill(
    cloud: Cloud, plan: Plan, database: Database, region: str, passwords: dict[str, str], known: dict[KeyName, str]
) -> None:
    """Each region's secrets name that region's own endpoint, before there is any need for it."""
    host, port = _leads_to(cloud, region, database)
    login = {
        "host": host,
        "port": port,
        "username": _SQL_USER,
        "password": passwords[_SQL_USER],
        "dbname": dbname(database),
        "tls": False,
    }
    store = cloud.client("secretsmanager", region)
    if not database.is_left_by(region):
        name = ResourceNames(plan, region).sql_secret(database.name)
        store.put_secret_value(SecretId=name, SecretString=json.dumps(login))
    url = f"postgresql://{_APP_USER}:{quote(passwords[_APP_USER])}@{host}:{port}/{dbname(database)}"
    app = {**login, "username": _APP_USER, "password": passwords[_APP_USER]}
    for secret, form in plan.logins_to(database.name):
        held = json.loads(store.get_secret_value(SecretId=secret.name_in(region))["SecretString"])
        others = {key: held[key] for each in plan.logins_of(secret) for key in each.needed_keys() if key in held}
        keys = {name.key: value for name, value in known.items() if name.secret == secret.name}
        value = {**dict.fromkeys(secret.keys, UNUSED), **others, **keys, **login_values(secret, form, url, app)}
        store.put_secret_value(SecretId=secret.name_in(region), SecretString=json.dumps(value))
