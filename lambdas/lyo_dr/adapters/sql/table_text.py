"""A table of the plan in SQL text: its quoted name, its key as text, its rows as text.

A row travels as PostgreSQL's own text of it (``row::text``), never as JSON: each type reads back what it has written
(PostgreSQL manual, "Composite Type Input and Output Syntax"), while the JSON of hstore, of ``NaN`` or of an interval is
another one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.plan import Table
from lyo_dr.model.tables.names import quoted

_TYPES = """
select attname::text, format_type(atttypid, atttypmod) from pg_attribute
where attrelid = to_regclass(:table) and attnum > 0 and not attisdropped order by attnum
"""
_ONE_FORM = """
select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, YMD', false),
       set_config('intervalstyle', 'postgres', false), set_config('extra_float_digits', '1', false),
       set_config('bytea_output', 'hex', false), set_config('xmloption', 'content', false),
       set_config('lc_monetary', 'C', false)
"""


def one_form_of_text(postgres: Postgres) -> None:
    """Whatever a user's defaults are, the same value has the same text in every session."""
    postgres.rows(_ONE_FORM)


class TableText:
    """Fragments of statements about one table."""

    def __init__(self, table: Table) -> None:
        self.name = table.place.sql
        self.keys = table.keys
        self.time = None if table.time is None else quoted(table.time)

    def key_of(self, row: str) -> str:
        """The key of ``row`` as text: one column's own text, or a JSON array of those of several."""
        texts = [f"{row}.{quoted(key)}::text" for key in self.keys]
        return texts[0] if len(texts) == 1 else f"json_build_array({', '.join(texts)})::text"

    def columns(self, postgres: Postgres) -> dict[str, str]:
        """Types by name, in the table's own order, which is that of a row's text."""
        return {str(name): str(kind) for name, kind in postgres.rows(_TYPES, table=self.name)}

    def wanted(self, types: dict[str, str]) -> str:
        """A relation ``k``: the keys of the parameter ``keys``, in the columns' own types, so that an index serves."""
        casts = ", ".join(f"cast(e ->> {at} as {types[key]}) as k{at}" for at, key in enumerate(self.keys))
        return f"(select {casts} from json_array_elements(cast(:keys as json)) e offset 0) k"  # noqa: S608

    def is_wanted(self, row: str) -> str:
        """That ``row`` has the key of ``k``."""
        return " and ".join(f"{row}.{quoted(key)} = k.k{at}" for at, key in enumerate(self.keys))

    def given(self, keys: Sequence[str]) -> str:
        """Keys as text, as the parameter ``keys``."""
        return json.dumps([[key] if len(self.keys) == 1 else json.loads(key) for key in keys])
