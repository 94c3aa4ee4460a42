"""CompareTable: compare one table of the damaged database with the restored one. SQL, and one result file."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.s3 import put_file
from lyo_dr.adapters.sql.integrity import read_changes
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.table_diff import Still
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.reconciliation import damage_of
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
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
    since, begun = _given(places.since), _given(places.begun)
    with connected(own_login_at(ctx, database.name, places.damaged), _SECONDS) as damaged:
        changes = read_changes(damaged, database.tables)
        with connected(own_login_at(ctx, database.name, places.restored), _SECONDS) as restored:
            comparison = Comparison(
                Still(damaged, table),
                Still(restored, table),
                damage=damage_of(changes, table.name, places.moment or since),
                since=since,
                begun=begun,
            )
            header = Header(
                incident=request.incident.id,
                database=database.name,
                table=table.name,
                key=table.key,
                moment=places.moment,
                made_at=ctx.now(),
                columns=comparison.columns,
            )
            name = f"{request.incident.id}/{database.name}/{table.name}.jsonl"
            with comparison.written(header) as (content, found):
                version = put_file(ctx.names.ledger_bucket, name, content, ctx.region)
    return msgspec.structs.replace(found, file=name, version=version)


def _given(moment: datetime | None) -> datetime:
    """FindDatabases gives both; raises ValueError for a request it did not make."""
    if moment is None:
        raise ValueError("the start of the comparison is missing")
    return moment
