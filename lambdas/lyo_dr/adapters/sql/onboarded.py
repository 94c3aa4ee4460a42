"""Whether a database has what onboarding makes (``database/onboarding.sql``). Reads only."""

from __future__ import annotations

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.tables.onboarding import Onboarding

_STATE = """
select current_user::text, to_regclass('lyo_dr.authority') is not null,
       current_setting('track_commit_timestamp') = 'on',
       array(select wanted from unnest(cast(:roles as text[])) as wanted
             where not exists (select from pg_roles where rolname = wanted))
"""


def read_onboarding(postgres: Postgres, app_roles: list[str]) -> Onboarding:
    """What is there of it. Raises pg8000.exceptions.DatabaseError."""
    user, made, timed, missing = postgres.rows(_STATE, roles=app_roles)[0]
    return Onboarding(str(user), bool(made), bool(timed), list(map(str, missing)))


def only_read(postgres: Postgres) -> None:
    """From now on the server refuses whatever would change it (SQLSTATE 25006)."""
    postgres.rows("select set_config('default_transaction_read_only', 'on', false)")
