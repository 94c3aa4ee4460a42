"""Integrity questions, parsed: one statement that reads one number.

sqlglot knows PostgreSQL's grammar well enough to find what is mistyped; what PostgreSQL alone knows (columns, grants,
operators of extensions) is asked when the question first runs. Columns and tables are not refused for being unknown: a
question may read a table that users never write.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from lyo_dr.model.plan import Plan

_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Into, exp.Lock, exp.Command)
_CALLS = frozenset(
    {
        *("nextval", "setval", "set_config", "dblink", "dblink_exec", "query_to_xml", "pg_read_file", "pg_ls_dir"),
        *("lo_import", "lo_export", "lo_unlink", "lo_create", "lo_from_bytea", "lo_put", "pg_notify", "pg_stat_reset"),
        *("pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_terminate_backend", "pg_cancel_backend", "pg_promote"),
        *("pg_reload_conf", "pg_rotate_logfile", "pg_switch_wal", "pg_create_restore_point", "pg_wal_replay_pause"),
        *("pg_wal_replay_resume", "pg_logical_emit_message", "pg_drop_replication_slot"),
        *("pg_replication_slot_advance", "pg_advisory_lock", "pg_advisory_lock_shared", "pg_advisory_xact_lock"),
        *("pg_advisory_xact_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_xact_lock"),
    }
)
"""Functions that write, wait, end sessions, or run text as SQL (PostgreSQL, "System Administration Functions")."""


_RESERVED = frozenset(
    {"from", "where", "select", "join", "on", "group", "order", "limit", "and", "or", "user", "table"}
)
"""Reserved words of PostgreSQL that are mistyped into the place of a table (Appendix C, "SQL Key Words")."""


def unfit_questions(plan: Plan) -> Iterator[str]:
    """Questions that PostgreSQL would refuse, that change something, or that return more than one number."""
    for number, database in enumerate(plan.databases):
        for index, check in enumerate(database.integrity):
            reason = unfit(check.sql)
            if reason is not None:
                yield f"databases[{number}].integrity[{index}].sql: {reason}"


def unfit(sql: str) -> str | None:
    """Why this is no question; None where it is one."""
    try:
        statements = _parsed(sql)
    except SqlglotError as error:
        return _mistyped(error)
    except RecursionError:
        return "nested too deeply; write a simpler question"
    if not statements:
        return "empty; write a single SELECT that returns one number"
    if len(statements) > 1:
        return "more than one statement; write a single SELECT"
    (statement,) = statements
    if not isinstance(statement, exp.Query) or isinstance(statement, exp.Subquery):
        return "no SELECT; write a single SELECT that returns one number"
    return _acts(statement) or _columns(statement) or _reserved(statement)


def _parsed(sql: str) -> list[Any]:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    return [each for each in sqlglot.parse(_known_operators(sql), read="postgres") if each is not None]


def _known_operators(sql: str) -> str:
    """PostgreSQL's operators of networks and ranges that the parser does not know; the shape of a query stays."""
    return re.sub(r"(<<|>>)=", r"\1", sql)


def tables(sql: str) -> set[str]:
    """The names of the tables that a query reads, without their schemas; empty for what is no query."""
    try:
        found = [table for each in _parsed(sql) for table in each.find_all(exp.Table)]
        own = {each.alias for statement in _parsed(sql) for each in statement.find_all(exp.CTE)}
    except (SqlglotError, RecursionError):
        return set()
    return {table.name for table in found if isinstance(table.this, exp.Identifier)} - own


def _mistyped(error: SqlglotError) -> str:
    details = getattr(error, "errors", None) or [{}]
    word = details[0].get("highlight")
    before = str(details[0].get("start_context") or "").split()
    if not word:
        return "this is no SQL: a quotation mark or bracket is never closed; close it"
    after = f" after {before[-1]!r}" if before else ""
    return f"this is no SQL: {word!r} does not fit{after}; write a single SELECT that PostgreSQL takes"


def _acts(statement: exp.Expression) -> str | None:
    if any(isinstance(node, exp.Lock) for node in statement.walk()):
        return "locks what it reads; leave FOR UPDATE or FOR SHARE out"
    if any(isinstance(node, _WRITES) for node in statement.walk()):
        return "changes what it reads; a question may only read"
    for call in statement.find_all(exp.Anonymous, exp.Func):
        name = (call.name if isinstance(call, exp.Anonymous) else call.sql_name()).lower()
        if name in _CALLS:
            return f"calls {name}, which does more than read; leave it out"
    return None


def _columns(statement: exp.Query) -> str | None:
    columns = statement.selects
    if len(columns) != 1:
        return f"returns {len(columns)} columns; write a SELECT of one number"
    if any(column.is_star for column in columns):
        return "returns every column; write a SELECT of one number, such as count(*)"
    return None


def _reserved(statement: exp.Expression) -> str | None:
    """The parser takes a reserved word for a name: ``select count(*) from from t``."""
    sources = [each.this for each in statement.find_all(exp.From)]
    if any(isinstance(source, exp.Select) for source in sources):
        return "this is no SQL: no table behind FROM; name one"
    for table in statement.find_all(exp.Table):
        name = table.this
        if not table.db and isinstance(name, exp.Identifier) and not name.quoted and name.name.lower() in _RESERVED:
            return f"this is no SQL: {name.name!r} is no name of a table; put it in double quotes if it is one"
    return None
