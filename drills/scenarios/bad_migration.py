"""A migration that forgets its WHERE: the damage itself, and how many rows carry it."""

from __future__ import annotations

import time

from drills.engine.context import DrillContext


def run(ctx: DrillContext) -> float:
    """Overwrite the customer of every appointment in one transaction; returns the time just before it."""
    with ctx.sql(ctx.primary) as connection:
        at = time.time()
        connection.execute("update lyo_appointments set customer = ''")
    return at


def damaged_rows(ctx: DrillContext, region: str) -> str:
    """Count the damaged rows in the database a region serves its users from."""
    with ctx.sql(region) as connection:
        row = connection.execute("select count(*) from lyo_appointments where customer = ''").fetchone()
    return str(row[0] if row else "")
