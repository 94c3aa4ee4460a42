"""CompareTable: compare one table of the damaged database with the restored one. SQL, and one result file."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.s3 import put_file
from lyo_dr.adapters.sql.catalogue import read_shape
from lyo_dr.adapters.sql.deletions import read_deletions
from lyo_dr.adapters.sql.integrity import read_changes, read_writers
from lyo_dr.adapters.sql.postgres import Postgres, connected
from lyo_dr.adapters.sql.table_diff import Still
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.table_shape import unfit
from lyo_dr.decisions.restore.reconciliation import damage_of
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Compared, ComparedDatabases
from lyo_dr.services.common.sql_login import own_login_at
from lyo_dr.services.restore.table_diff import Comparison, Header

_SECONDS = 300.0
"""A whole table is read; an index on commit times does not exist."""


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, one of its tables, and where both databases are."""

    incident: Incident
    database: str
    table: str
    places: ComparedDatabases


@step("CompareTable", Request)
def handler(request: Request, ctx: StepContext) -> Compared:
    """Counts and keys are answered; rows go into the bucket. Raises DatabaseUnreachable."""
    database = ctx.plan.database(request.database)
    table = {table.name: table for table in database.tables}[request.table]
    places = request.places
    there, here = (own_login_at(ctx, database.name, place) for place in (places.damaged, places.restored))
    with connected(there, _SECONDS) as damaged, connected(here, _SECONDS) as restored:
        if why := _unfit(table, damaged, restored):
            return Compared(table=table.name, found_by="commit times", in_damaged=0, in_restored=0, refused=why)
        return _compared(request, ctx, table, damaged, restored)


def _unfit(table: Table, damaged: Postgres, restored: Postgres) -> str | None:
    """Asked of the catalogue of both: a plan may be wrong, and a restored table may be older."""
    undated = table.time is None and damaged.rows("show track_commit_timestamp")[0][0] != "on"
    if undated:
        return f"{table.name} has no time column in the plan, and commit timestamps are off: nothing dates its rows"
    why = unfit(table, read_shape(damaged, table))
    if why is None and (there := unfit(table, read_shape(restored, table))):
        why = f"in the restored database {there}"
    return why


def _compared(request: Request, ctx: StepContext, table: Table, damaged: Postgres, restored: Postgres) -> Compared:
    database, places = ctx.plan.database(request.database), request.places
    since, begun = _given(places.since), _given(places.begun)
    changes = [*read_changes(damaged, database.tables), *read_deletions(damaged, database.tables)]
    dated = damaged.rows("show track_commit_timestamp")[0][0] == "on"
    writers = set() if dated else read_writers(damaged, database.tables)
    comparison = Comparison(
        Still(damaged, table),
        Still(restored, table),
        damage=damage_of(changes, table.name, places.moment or since, writers),
        since=since,
        begun=begun,
    )
    header = Header(
        incident=request.incident.id,
        database=database.name,
        table=table.name,
        key=list(table.keys),
        moment=places.moment,
        made_at=ctx.now(),
        columns=comparison.columns,
    )
    name = f"{request.incident.id}/{database.name}/{table.place.key}.jsonl"
    with comparison.written(header) as (content, found):
        version = put_file(ctx.names.ledger_bucket, name, content, ctx.region)
    return msgspec.structs.replace(found, file=name, version=version)


def _given(moment: datetime | None) -> datetime:
    """FindDatabases gives both; raises ValueError for a request it did not make."""
    if moment is None:
        raise ValueError("the start of the comparison is missing")
    return moment
