"""``lyo-dr plan check --database``: ask each database of the plan whether it has what the plan says of it."""

from __future__ import annotations

from cli.database_address import UnusableAddress, login_at
from cli.environment import database_address, database_variable
from cli.output import counted, refuse, say
from cli.plan_file import print_sentences
from cli.plan_reader import CheckedPlan
from cli.plan_reader.database_fit import Answers, misfits
from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.plan import Database, Plan

_MARGIN_SECONDS = 5.0
"""So that the server cancels a slow query before the connection is given up."""


def ask(checked: CheckedPlan) -> int:
    """Ask every database; 1 after what does not fit, 2 where one did not answer. Raises typer.Exit(2)."""
    logins = _logins(checked.plan)
    found: list[str] = []
    silent: list[str] = []
    for index, database in enumerate(checked.plan.databases):
        try:
            answers = _answers(checked.plan, database, logins[database.name])
        except DatabaseUnreachable as silence:
            silent.append(f"databases[{index}]: {database.name} was not asked: {silence}")
        else:
            found += misfits(f"databases[{index}]", database, answers)
    print_sentences(checked.placed([*found, *silent]))
    if silent:
        return 2
    if not found:
        tables = sum(len(database.tables) for database in checked.plan.databases)
        queries = sum(len(database.integrity) for database in checked.plan.databases)
        asked = counted(len(logins), "database")
        say(f"{asked} asked: {counted(tables, 'table')} and {counted(queries, 'query', 'queries')} fit.")
    return 1 if found else 0


def _logins(plan: Plan) -> dict[str, SqlLogin]:
    """By database; all that are missing are named before one is asked."""
    logins: dict[str, SqlLogin] = {}
    faults: list[str] = []
    for database in plan.databases:
        variable = database_variable(database.name)
        text = database_address(database.name)
        if not text:
            faults.append(
                f"{variable} is not set: the address of {database.name}; export the JSON of its secret "
                f"{plan.name}-dr/{database.name}/sql, or a URL postgresql://..."
            )
            continue
        try:
            logins[database.name] = login_at(text)
        except UnusableAddress as fault:
            faults.append(f"{variable}: the address {fault}")
    if faults:
        raise refuse(*faults)
    return logins


def _answers(plan: Plan, database: Database, login: SqlLogin) -> Answers:
    from lyo_dr.adapters.sql.catalogue import read_shape
    from lyo_dr.adapters.sql.integrity import read_integrity
    from lyo_dr.adapters.sql.onboarded import only_read, read_onboarding
    from lyo_dr.adapters.sql.postgres import connected

    seconds = plan.timing.sql_timeout.total_seconds()
    with connected(login, seconds + _MARGIN_SECONDS) as postgres:
        only_read(postgres)
        postgres.limit(seconds)
        return Answers(
            read_onboarding(postgres, database.app_roles),
            [read_shape(postgres, table) for table in database.tables],
            read_integrity(postgres, database.integrity)[2],
        )
