"""``lyo-dr plan check --database`` against a real server: what fits, and each thing that does not, with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from cli.app import app
from tests.plans import raw_plan
from tests.sql.story import PASSWORD, Database

_VARIABLE = "LYO_DR_DATABASE_BOOKINGS"
_FITS: dict[str, Any] = {
    "app_roles": ["app"],
    "tables": [
        {"name": "orders", "key": "id", "written_at": "at"},
        {"name": 'sales."line items"', "key": ["orderId", "line"]},
    ],
    "integrity": [{"name": "orders", "expect": "steady", "sql": "select count(*) from orders"}],
}


@pytest.fixture
def shop(database: Database) -> Database:
    database.given(
        "create table orders (id int primary key, at timestamptz not null, total numeric, note int)",
        "create schema sales",
        'create table sales."line items" ("orderId" int, line int, primary key ("orderId", line))',
        "create view recent as select * from orders",
        "create table guarded (id int primary key)",
        "alter table guarded enable row level security",
        "create table sold (id int, at timestamptz)",
    )
    return database


def secret(shop: Database, user: str = "lyo_dr", **changes: Any) -> str:
    login = {"host": "127.0.0.1", "port": shop.server.port, "username": user, "password": PASSWORD}
    return json.dumps({**login, "dbname": shop.name, "tls": False, **changes})


def check(folder: Path, address: str | None, **changes: Any) -> Result:
    raw = raw_plan()
    raw["databases"][0] |= {**_FITS, **changes}
    raw["secrets"], raw["breach"] = [], None
    path = folder / "plan.yaml"
    path.write_text(yaml.safe_dump(raw))
    env = {"LYO_DR_SET": "", "COLUMNS": "1000", _VARIABLE: address or ""}
    return CliRunner().invoke(app, ["plan", "check", "--plan", str(path), "--database"], env=env)


def test_a_plan_that_fits_says_what_was_asked(shop: Database, tmp_path: Path) -> None:
    said = check(tmp_path, secret(shop))
    assert said.exit_code == 0, said.output
    assert said.stdout.splitlines()[-1] == "1 database asked: 2 tables and 1 query fit."


def test_a_url_does_as_well(shop: Database, tmp_path: Path) -> None:
    password = PASSWORD.replace(" ", "%20")
    url = f"postgresql://lyo_dr:{password}@127.0.0.1:{shop.server.port}/{shop.name}?sslmode=disable"
    assert check(tmp_path, url).exit_code == 0


TABLES = [
    ("order", "id", "databases[0].tables[0]: order: this database has no such table"),
    ("Orders", "id", "did you mean public.orders"),
    ('"line items"', "line", "did you mean sales.line items"),
    ("orders", "ide", "orders has no column ide; did you mean id"),
    ("orders", "note", "orders: note is not a unique key; write key: id"),
    ("sold", "id", "sold has no unique key"),
    ("recent", "id", "recent is a view, and its rows belong to others"),
    ("guarded", "id", "guarded has row security, and rows of it are withheld from lyo_dr"),
]


@pytest.mark.parametrize(("name", "key", "sentence"), TABLES)
def test_a_table_that_does_not_fit_is_a_sentence_with_its_line(
    shop: Database, tmp_path: Path, name: str, key: str, sentence: str
) -> None:
    said = check(tmp_path, secret(shop), tables=[{"name": name, "key": key}])
    assert said.exit_code == 1, said.output
    (line,) = [each for each in said.stderr.splitlines() if not each.endswith("(warning)")]
    assert sentence in line
    number = int(line.strip().removeprefix(f"{tmp_path / 'plan.yaml'}:").split(":")[0])
    assert name.strip('"').split(".")[-1] in " ".join(
        (tmp_path / "plan.yaml").read_text().splitlines()[number - 2 :][:3]
    )


QUERIES = [
    ("select count(*) from nothing", "reads a table that this database does not have (SQLSTATE 42P01)"),
    ("select count(colour) from orders", "reads a column that its tables do not have (SQLSTATE 42703)"),
    ("select nonsense(1)", "calls a function or operator that this database does not have (SQLSTATE 42883)"),
    ("select max(note) from orders", "does not answer with a number; write a SELECT of one"),
    ("select count(*) from guarded", "row security withholds rows from this user (SQLSTATE 42501)"),
]


@pytest.mark.parametrize(("sql", "sentence"), QUERIES)
def test_a_query_that_cannot_be_asked_is_a_sentence(shop: Database, tmp_path: Path, sql: str, sentence: str) -> None:
    said = check(tmp_path, secret(shop), integrity=[{"name": "odd", "expect": "zero", "sql": sql}])
    assert said.exit_code == 1, said.output
    assert f"databases[0].integrity[0].sql: 'odd': {sentence}" in said.stderr or f"'odd' {sentence}" in said.stderr


def test_rights_are_those_of_who_asks(shop: Database, tmp_path: Path) -> None:
    shop.sql("revoke all on orders from app")
    said = check(tmp_path, secret(shop, user="app"))
    assert said.exit_code == 1
    assert "orders cannot be read by app; grant it usage on the schema and select on the table" in said.stderr
    assert "app may not read what it reads" in said.stderr


def test_users_and_onboarding_that_are_missing_are_named(shop: Database, tmp_path: Path) -> None:
    shop.sql("drop schema lyo_dr cascade")
    said = check(tmp_path, secret(shop), app_roles=["app", "lyo_app_c"])
    assert said.exit_code == 1
    assert "databases[0]: not onboarded: it has no schema lyo_dr; run database/onboarding.sql" in said.stderr
    assert "databases[0].app_roles: the server has no user lyo_app_c; create it" in said.stderr


def test_nothing_is_changed_by_a_question_that_would(shop: Database, tmp_path: Path) -> None:
    shop.sql("create function grows() returns int language sql as 'insert into sold values (1) returning 1'")
    shop.sql("grant insert on sold to lyo_dr")
    said = check(tmp_path, secret(shop), integrity=[{"name": "odd", "expect": "zero", "sql": "select grows()"}])
    assert "changes something, and may only read (SQLSTATE 25006)" in said.stderr
    assert shop.sql("select count(*) from sold") == [(0,)]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (None, f"{_VARIABLE} is not set: the address of bookings; export the JSON of its secret lyo-dr/bookings/sql"),
        ("{}", f"{_VARIABLE}: the address is no login; give JSON with host, port, username"),
        ("mysql://a:s3cret@h/d", f"{_VARIABLE}: the address begins with no scheme of PostgreSQL"),
        ("postgresql://a:s3cret@h", f"{_VARIABLE}: the address names no database"),
        ("postgresql://a:s3cret@h,i/d", f"{_VARIABLE}: the address does not name one host"),
        ("postgresql://a:s3cret@h/d?sslmode=verify-full", f"{_VARIABLE}: the address asks for a verified server"),
        ("postgresql://a:s3cret@127.0.0.1:1/d", "databases[0]: bookings was not asked: database at"),
    ],
)
def test_nothing_is_concluded_where_it_could_not_be_asked(tmp_path: Path, address: str | None, sentence: str) -> None:
    said = check(tmp_path, address)
    assert said.exit_code == 2
    assert sentence in " ".join(said.stderr.split())
    assert "s3cret" not in said.output
    assert "fit" not in said.output
