"""What onboarding leaves in a real database: shut the app out, let it in, count rows; and what nobody may do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from local_aws.data_plane.processes import wait_until
from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.adapters.sql.postgres import Postgres, connected, try_login
from lyo_dr.adapters.sql.recent_rows import find_rows, recent_rows
from lyo_dr.adapters.sql.wal_replay import hold_replay
from lyo_dr.adapters.sql.write_access import let_app_write
from lyo_dr.decisions.common.scram import verifier
from lyo_dr.model.plan import Table
from lyo_dr.model.rotation import LoginTry
from tests.local_aws.data_plane.data_plane_world import DATABASE, World

IRELAND, NAME = "eu-west-1", "onboarded"
SQL = Path(__file__).resolve().parents[3] / "database" / "onboarding.sql"
APPOINTMENTS = Table(name="lyo_appointments", key="id", written_at="created_at")


@pytest.fixture(scope="module")
def onboarded(world: World) -> World:
    """A primary of epoch 0, with an app user whose name would break a careless statement, and a bystander."""
    world.given_database(IRELAND, NAME, retention=0)
    world.given_schema(IRELAND, NAME)
    text = (
        SQL.read_text(encoding="utf-8").replace(":'region'", f"'{IRELAND}'").replace(":'app_roles'", "'lyo_app,o''x y'")
    )
    with world.sql(IRELAND, NAME) as connection:
        connection.execute(text.encode())
        for role in ("lyo_app", '"o\'x y"', "bystander"):
            connection.execute(f"create role {role} login password 'secret'".encode())
        connection.execute("alter role lyo_dr password 'secret'")
        connection.execute("grant select, insert on lyo_appointments to lyo_app")
        connection.execute("grant select (id, created_at) on lyo_appointments to lyo_dr")
    return world


@pytest.fixture(autouse=True)
def _epoch_zero(onboarded: World) -> Iterator[None]:
    yield
    with onboarded.sql(IRELAND, NAME) as connection:
        connection.execute("update lyo_dr.authority set region = 'eu-west-1', epoch = 0")
        for role in ("lyo_app", '"o\'x y"'):
            connection.execute(f"alter role {role} login".encode())


@pytest.fixture
def ours(onboarded: World) -> Iterator[Postgres]:
    """As the SQL functions come: user lyo_dr, pg8000."""
    endpoint = onboarded.instance(IRELAND, NAME)["Endpoint"]
    login = SqlLogin(endpoint["Address"], endpoint["Port"], "lyo_dr", "secret", DATABASE, tls=False)
    with connected(login, 5) as postgres:
        yield postgres


def log_in(world: World, user: str) -> psycopg.Connection[Any]:
    endpoint = world.instance(IRELAND, NAME)["Endpoint"]
    return psycopg.connect(
        host=endpoint["Address"], port=endpoint["Port"], user=user, password="secret", dbname=DATABASE, autocommit=True
    )


def test_a_deposed_database_takes_no_app_any_more_and_ends_its_sessions(onboarded: World, ours: Postgres) -> None:
    with log_in(onboarded, "lyo_app") as app, log_in(onboarded, "bystander") as other:
        closure = ours.close_to_app("bookings", 1)
        assert (closure.closed, closure.reason, closure.ended) == (True, "closed", 1)
        with pytest.raises(psycopg.OperationalError):
            app.execute("insert into lyo_appointments (id, customer, slot) values (gen_random_uuid(), 'c', 's')")
        assert other.execute("select 1").fetchone() == (1,), "only the listed users are shut out"
    for user in ("lyo_app", "o'x y"):
        with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
            log_in(onboarded, user)
    again = ours.close_to_app("bookings", 1)
    assert (again.closed, again.ended) == (True, 0), "what is done already is not done again"


@pytest.mark.parametrize("own", [1, 2])
def test_a_database_whose_own_authority_is_not_older_is_never_closed(
    onboarded: World, ours: Postgres, own: int
) -> None:
    with onboarded.sql(IRELAND, NAME) as connection:
        connection.execute("update lyo_dr.authority set region = 'us-west-2', epoch = %s", [own])
    with log_in(onboarded, "lyo_app") as app:
        closure = ours.close_to_app("bookings", 1)
        assert (closure.closed, closure.reason) == (False, "not deposed: its own authority is not older")
        assert app.execute("select 1").fetchone() == (1,)


def test_a_promotion_under_a_new_epoch_opens_it_again_and_an_older_one_does_not(
    ours: Postgres, onboarded: World
) -> None:
    ours.close_to_app("bookings", 1)
    assert ours.open_to_app(1) == "left alone: not the authority"
    assert ours.prove("bookings", "region-x", IRELAND, 2).written
    assert ours.open_to_app(2) == "opened"
    assert ours.open_to_app(2) == "it could already"
    with log_in(onboarded, "lyo_app") as app:
        assert app.execute("select 1").fetchone() == (1,)


def test_a_database_onboarded_before_there_were_these_functions_can_still_be_promoted(
    onboarded: World, ours: Postgres
) -> None:
    with onboarded.sql(IRELAND, NAME) as connection:
        connection.execute("alter function lyo_dr.open_to_app(bigint) rename to elsewhere")
    assert ours.open_to_app(0) == "not opened: DatabaseError 42883"
    with onboarded.sql(IRELAND, NAME) as connection:
        connection.execute("alter function lyo_dr.elsewhere(bigint) rename to open_to_app")


@pytest.mark.parametrize(
    "forbidden",
    [
        "insert into lyo_dr.app_role values ('lyoadmin')",
        "update lyo_dr.app_role set name = 'lyoadmin'",
        "alter role lyo_app nologin",
        "update lyo_appointments set customer = ''",
        "insert into lyo_appointments (id, customer, slot) values (gen_random_uuid(), 'a', 'b')",
        "delete from lyo_appointments",
    ],
)
def test_our_user_may_do_nothing_else(onboarded: World, forbidden: str) -> None:
    with log_in(onboarded, "lyo_dr") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(forbidden.encode())


@pytest.mark.parametrize("function", ["close_to_app", "end_app_sessions", "open_to_app"])
def test_nobody_else_may_open_or_close(onboarded: World, function: str) -> None:
    with log_in(onboarded, "lyo_app") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(f"select lyo_dr.{function}(99)".encode())


def test_a_decoy_in_the_callers_path_is_not_used_with_the_owners_rights(onboarded: World) -> None:
    with log_in(onboarded, "lyo_dr") as connection:
        connection.execute(
            "create temporary table pg_roles as select 'bystander'::name as rolname, true as rolcanlogin"
        )
        connection.execute("create temporary table app_role as select 'bystander'::name as name")
        connection.execute("select lyo_dr.close_to_app(1)")
    with log_in(onboarded, "bystander") as other:
        assert other.execute("select 1").fetchone() == (1,)


def test_recent_rows_are_listed_newest_first_and_found_by_key(onboarded: World, ours: Postgres) -> None:
    noon = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    keys = [str(uuid.UUID(int=number)) for number in range(4)]
    with onboarded.sql(IRELAND, NAME) as connection:
        for number, key in enumerate(keys):
            values = [key, "c", "s", noon + timedelta(seconds=number)]
            connection.execute("insert into lyo_appointments values (%s, %s, %s, %s)", values)
    recent = recent_rows(ours, APPOINTMENTS, noon + timedelta(seconds=1), 10)
    assert (recent.keys, recent.cut) == ([keys[3], keys[2], keys[1]], False)
    cut = recent_rows(ours, APPOINTMENTS, noon, 2)
    assert (cut.keys, cut.cut) == ([keys[3], keys[2]], True)
    missing = str(uuid.UUID(int=99))
    assert sorted(find_rows(ours, APPOINTMENTS, [keys[0], missing, keys[2]])) == [keys[0], keys[2]]
    assert find_rows(ours, APPOINTMENTS, []) == []


# -- reading only -----------------------------------------------------------------------------------------
def test_the_application_reads_and_does_not_write_until_it_is_let_again(onboarded: World, ours: Postgres) -> None:
    booking = "insert into lyo_appointments (id, customer, slot) values (gen_random_uuid(), 'c', 's')"
    with log_in(onboarded, "lyo_app") as before:
        answer = let_app_write(ours, ["lyo_app", "o'x y"], 0, allowed=False)
        assert (answer.done, answer.ended) == (True, 1)
        with pytest.raises(psycopg.OperationalError):
            before.execute("select 1")
    with log_in(onboarded, "lyo_app") as app, log_in(onboarded, "bystander") as other:
        assert app.execute("select count(*) >= 0 from lyo_appointments").fetchone() == (True,)
        with pytest.raises(errors.ReadOnlySqlTransaction):
            app.execute(booking.encode())
        assert other.execute("show default_transaction_read_only").fetchone() == ("off",), "only the listed users"
    assert let_app_write(ours, ["lyo_app"], 0, allowed=True).done
    with log_in(onboarded, "lyo_app") as app:
        app.execute(booking.encode())


def test_the_twin_under_an_older_epoch_or_without_the_function_it_keeps_writing(
    onboarded: World, ours: Postgres
) -> None:
    assert let_app_write(ours, ["lyo_app"], -1, allowed=False).reason == "a newer epoch is on record"
    with onboarded.sql(IRELAND, NAME) as connection:
        connection.execute("alter function lyo_dr.let_app_write(boolean, bigint) rename to elsewhere")
    assert not let_app_write(ours, ["lyo_app"], 0, allowed=False).done
    with onboarded.sql(IRELAND, NAME) as connection:
        connection.execute("alter function lyo_dr.elsewhere(boolean, bigint) rename to let_app_write")
    with log_in(onboarded, "lyo_app") as app:
        assert app.execute("show default_transaction_read_only").fetchone() == ("off",)


# -- a delayed replica ------------------------------------------------------------------------------------
def test_a_primary_is_never_held_and_nobody_else_may_ask(onboarded: World, ours: Postgres) -> None:
    """What it does to a replica: drill ``delayed-replica``."""
    answer = hold_replay(ours, 0, held=True)
    assert (answer.said, answer.in_recovery, answer.held) == ("not in recovery", False, False)
    assert answer.delay_seconds == 0.0
    with log_in(onboarded, "bystander") as other, pytest.raises(errors.InsufficientPrivilege):
        other.execute("select lyo_dr.hold_replay(true, 0)")


# -- passwords --------------------------------------------------------------------------------------------
ROTATED = "o'x y"


def test_a_verifier_lets_in_whoever_knows_the_password_and_nobody_with_the_old_one(
    onboarded: World, ours: Postgres
) -> None:
    endpoint = onboarded.instance(IRELAND, NAME)["Endpoint"]
    old = SqlLogin(endpoint["Address"], endpoint["Port"], ROTATED, "secret", DATABASE, tls=False)
    new = SqlLogin(endpoint["Address"], endpoint["Port"], ROTATED, "p@ss/w:rd%", DATABASE, tls=False)
    assert try_login(old, 5) == LoginTry(accepted=True)
    wait_until(lambda: ours.end_sessions_of(ROTATED, 0) == 0, 30, "the end of the session that was tried")
    with log_in(onboarded, ROTATED) as app:
        assert ours.set_app_password(ROTATED, verifier("p@ss/w:rd%", b"0" * 16), 0) == "set"
        assert app.execute("select 1").fetchone() == (1,), "a session outlives its password"
        assert ours.end_sessions_of(ROTATED, 0) == 1
        with pytest.raises(psycopg.OperationalError):
            app.execute("select 1")
    assert try_login(new, 5) == LoginTry(accepted=True)
    refused = try_login(old, 5)
    assert (refused.accepted, refused.refused) == (False, True)
    assert ours.set_app_password(ROTATED, verifier("secret", b"0" * 16), 0) == "set"


def test_a_database_nobody_reaches_has_not_refused_a_login() -> None:
    silent = try_login(SqlLogin("127.0.0.1", 1, "lyo_app", "secret", DATABASE, tls=False), 1)
    assert (silent.accepted, silent.refused) == (False, False)


@pytest.mark.parametrize(
    ("user", "made", "epoch", "said"),
    [
        ("bystander", None, 0, "not a user of the application"),
        ("lyo_dr", None, 0, "not a user of the application"),
        ("lyo_app", None, -1, "a newer epoch is on record"),
        ("lyo_app", "in clear", 0, "not a SCRAM verifier"),
    ],
)
def test_the_twin_no_other_users_password_is_changed_and_none_under_an_older_epoch(
    onboarded: World, ours: Postgres, user: str, made: str | None, epoch: int, said: str
) -> None:
    assert ours.set_app_password(user, made or verifier("taken", b"0" * 16), epoch) == said
    with log_in(onboarded, "lyo_app"), log_in(onboarded, "bystander") as other:
        assert ours.end_sessions_of("bystander", 0) == 0
        assert other.execute("select 1").fetchone() == (1,)


def test_rights_that_the_other_user_lacks_are_named(ours: Postgres) -> None:
    lacking = ours.missing_rights(of=ROTATED, compared_with="lyo_app")
    assert lacking == ["insert on lyo_appointments", "select on lyo_appointments"]
    assert ours.missing_rights(of="lyo_app", compared_with=ROTATED) == []


def test_nobody_but_lyo_dr_may_change_a_password_through_it(onboarded: World) -> None:
    with log_in(onboarded, "lyo_app") as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute("select lyo_dr.set_app_password('lyo_app', 'x', 0)")
