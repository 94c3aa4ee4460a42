"""Onboarding as the documents tell a person to do it: users, schemas, secrets, and only then the service."""

from __future__ import annotations

import json
import re
import secrets
import time
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import psycopg
from psycopg import sql

from drills.world.app_logins import UNUSED, login_values
from drills.world.own_system import OwnSystem, UnfitSystem
from drills.world.plan_tables import creations
from local_aws.data_plane.processes import ProcessError
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import Database, Plan, Table
from lyo_dr.model.resource_names import ResourceNames

_ROOT = Path(__file__).resolve().parents[2]
_ONBOARDING = _ROOT / "database" / "onboarding.sql"
_DEMONSTRATION = _ROOT / "drills" / "booking_app" / "schema.sql"
_OF_PSQL = re.compile(r"^\\(un)?restrict\b.*$", re.MULTILINE)
"""What pg_dump writes around a dump for psql alone (PostgreSQL 18, "pg_dump": --restrict-key); the lines stay."""
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


def app_user(database: Database) -> str:
    """The user the application logs in as on the first day."""
    return database.app_roles[0] if database.app_roles else _APP_USER


def onboard(cloud: Cloud, plan: Plan, own: OwnSystem | None = None) -> dict[str, str]:
    """Prepare every database, then fill the secrets of both regions. Raises UnfitSystem.

    Returns how the application's user reaches each database in the primary, by its name: it holds a password.
    """
    system = own or OwnSystem()
    logins: dict[str, str] = {}
    urls = _open_caches(cloud, plan)
    issued = {name: f"sk-rehearsal-{secrets.token_urlsafe(24)}" for name in plan.issued()}
    for database in plan.databases:
        passwords = {app_user(database): secrets.token_urlsafe(24), _SQL_USER: secrets.token_urlsafe(24)}
        dsn = master_dsn(cloud, plan, database, plan.regions.primary)
        _prepare(dsn, plan.regions.primary, database, passwords, system)
        user = app_user(database)
        logins[database.name] = psycopg.conninfo.make_conninfo(dsn, user=user, password=passwords[user])
        for region in plan.regions.pair:
            _fill(cloud, plan, database, region, passwords, {**issued, **urls[region]})
    for region in plan.regions.pair:
        _fill_others(cloud, plan, region, {**issued, **urls[region]})
    return logins


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


def _prepare(dsn: str, region: str, database: Database, passwords: dict[str, str], own: OwnSystem) -> None:
    values = {"region": region, "app_roles": ",".join(database.app_roles)}
    with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
        text = _ONBOARDING.read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace(f":'{name}'", sql.Literal(value).as_string())
        connection.execute(text.encode())
        _create_app_users(connection, database)
        _make_tables(connection, database, own)
        _grant(connection, database)
        for user, password in passwords.items():
            statement = sql.SQL("alter role {} password {}").format(sql.Identifier(user), sql.Literal(password))
            connection.execute(statement)


def _make_tables(connection: psycopg.Connection[Any], database: Database, own: OwnSystem) -> None:
    """The files of the plan's rehearsal, each in one transaction; else the demonstration, and what else is planned."""
    files = own.files(database)
    for file in files:
        _run_file(connection, file)
    if own.is_demonstration(database):
        _run_file(connection, _DEMONSTRATION)
    if not files:
        for statement in creations(database):
            connection.execute(statement.encode())
    for table in database.tables:
        _must_have(connection, database, table)


def _run_file(connection: psycopg.Connection[Any], file: Path) -> None:
    text = _OF_PSQL.sub("", file.read_text(encoding="utf-8-sig"))
    try:
        connection.execute(text.encode())
    except psycopg.Error as error:
        said, at = error.diag.message_primary or type(error).__name__, error.diag.statement_position
        line = f", line {text[: int(at)].count(chr(10)) + 1}" if at else ""
        raise UnfitSystem(f"{file.name}{line}: PostgreSQL refuses it: {said} (SQLSTATE {error.sqlstate})") from None
    finally:
        connection.execute("reset all")  # a dump of pg_dump empties the search path of its session


def _must_have(connection: psycopg.Connection[Any], database: Database, table: Table) -> None:
    wanted = [*table.keys, *([table.time] if table.time else [])]
    found = connection.execute(
        "select column_name from information_schema.columns where table_schema = %s and table_name = %s",
        [table.place.schema, table.place.name],
    ).fetchall()
    missing = [each for each in wanted if (each,) not in found]
    if missing:
        what = f"column {missing[0]!r} in table {table.name}" if found else f"table {table.name}"
        raise UnfitSystem(
            f"database {database.name} has no {what}, which the plan names; correct databases[].tables, or the file "
            f"under rehearsal.databases.{database.name}.schema"
        )


def _grant(connection: psycopg.Connection[Any], database: Database) -> None:
    """The application writes wherever its tables are; the SQL user of Lyo DR reads keys and times."""
    user = sql.Identifier(app_user(database))
    schemas = connection.execute(
        "select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'lyo_dr')"
    ).fetchall()
    for (schema,) in schemas:
        for rights in (
            "usage on schema {0}",
            "select, insert, update on all tables in schema {0}",
            "usage on all sequences in schema {0}",
        ):
            statement = sql.SQL(f"grant {rights} to {{1}}")
            connection.execute(statement.format(sql.Identifier(schema), user))
    for table in database.tables:
        names = dict.fromkeys((*table.keys, table.time or table.keys[0]))
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        connection.execute(
            sql.SQL("grant select ({}) on {} to {}").format(
                columns, sql.Identifier(table.place.schema, table.place.name), sql.Identifier(_SQL_USER)
            )
        )


def _create_app_users(connection: psycopg.Connection[Any], database: Database) -> None:
    """The one that is in use, and one with the same rights that has no password yet: no login as it is possible."""
    user = sql.Identifier(app_user(database))
    connection.execute(sql.SQL("create role {} login").format(user))
    for role in database.app_roles[1:]:
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
    user = app_user(database)
    url = f"postgresql://{quote(user)}:{quote(passwords[user])}@{host}:{port}/{dbname(database)}"
    app = {**login, "username": user, "password": passwords[user]}
    for secret, form in plan.logins_to(database.name):
        held = json.loads(store.get_secret_value(SecretId=secret.name_in(region))["SecretString"])
        others = {key: held[key] for each in plan.logins_of(secret) for key in each.needed_keys() if key in held}
        keys = {name.key: value for name, value in known.items() if name.secret == secret.name}
        value = {**dict.fromkeys(secret.keys, UNUSED), **others, **keys, **login_values(secret, form, url, app)}
        store.put_secret_value(SecretId=secret.name_in(region), SecretString=json.dumps(value))


def _fill_others(cloud: Cloud, plan: Plan, region: str, known: dict[KeyName, str]) -> None:
    """Secrets without a database login: tokens of caches and keys of issuers, and a word for what nobody uses here."""
    store, with_logins = cloud.client("secretsmanager", region), {secret.name for secret in plan.with_logins()}
    for secret in plan.secrets:
        if secret.name not in with_logins:
            keys = {name.key: value for name, value in known.items() if name.secret == secret.name}
            value = {**dict.fromkeys(secret.keys, UNUSED), **keys}
            store.put_secret_value(SecretId=secret.name_in(region), SecretString=json.dumps(value))
