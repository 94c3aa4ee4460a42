"""Intervals, timeouts and budgets."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from lyo_dr.model.plan.part import PlanPart


class Timing(PlanPart, frozen=True):
    """Intervals and timeouts of single calls. A drill shortens these, and says so; the code is the same."""

    poll: Annotated[timedelta, Meta(description="Polling interval of operations that take time.")] = timedelta(
        seconds=15
    )
    probe_timeout: Annotated[timedelta, Meta(description="Timeout of one HTTP probe, from connect to last byte.")] = (
        timedelta(seconds=5)
    )
    call_timeout: Annotated[
        timedelta, Meta(description="Timeout of one AWS API call in the function's own region.")
    ] = timedelta(seconds=5)
    sql_timeout: Annotated[timedelta, Meta(description="Timeout of one database connection, all queries included.")] = (
        timedelta(seconds=20)
    )
    cold_sql_timeout: Annotated[
        timedelta,
        Meta(
            description="Timeout of one round of the integrity queries on a restored instance, whose volume is still "
            "loaded from its backup; a query that finds no time is asked again within budgets.first_reading."
        ),
    ] = timedelta(minutes=2)
    heartbeat_every: Annotated[
        timedelta, Meta(description="Interval of the heartbeats written to the active database.")
    ] = timedelta(seconds=5)
    heartbeat_round: Annotated[
        timedelta, Meta(description="Duration of one run of the heartbeat function; it is scheduled every minute.")
    ] = timedelta(seconds=55)
    heartbeat_stale: Annotated[
        timedelta, Meta(description="A replica that has received no WAL for this long has lost its source.")
    ] = timedelta(seconds=30)
    watch_every: Annotated[timedelta, Meta(description="Interval of the watcher's probes of the other region.")] = (
        timedelta(seconds=10)
    )
    watch_round: Annotated[
        timedelta, Meta(description="Duration of one run of the watcher; it is scheduled every minute.")
    ] = timedelta(seconds=55)


class Budgets(PlanPart, frozen=True):
    """Maximum duration of each stage, after which it counts as failed."""

    triage: Annotated[timedelta, Meta(description="From the alarm to the decision.")] = timedelta(minutes=5)
    fence: Annotated[
        timedelta,
        Meta(description="Fencing the lost region; one that does not respond is left to its fencing token, the epoch."),
    ] = timedelta(seconds=10)
    promotion: Annotated[
        timedelta, Meta(description="Promoting the databases, including the test write that proves it.")
    ] = timedelta(minutes=45)
    capacity: Annotated[timedelta, Meta(description="Scaling the services to their desired count.")] = timedelta(
        minutes=15
    )
    switch: Annotated[timedelta, Meta(description="Switching traffic, until the DNS name resolves to the standby.")] = (
        timedelta(minutes=10)
    )
    validation: Annotated[timedelta, Meta(description="Checking the endpoints.")] = timedelta(minutes=10)
    protection: Annotated[
        timedelta, Meta(description="Enabling backups and Multi-AZ on the new primary; recovery does not wait for it.")
    ] = timedelta(minutes=90)
    restore: Annotated[
        timedelta, Meta(description="One attempt to restore a database, until the instance is available.")
    ] = timedelta(minutes=90)
    first_reading: Annotated[
        timedelta,
        Meta(
            description="Integrity queries of a restored instance, from when it is available and its tables are "
            "prewarmed until each is answered; no answer is no verdict, so afterwards the same recovery point is "
            "restored once more."
        ),
    ] = timedelta(minutes=20)
    lease: Annotated[
        timedelta, Meta(description="Lease on the right to change the system; renewed while an incident runs.")
    ] = timedelta(minutes=15)
    consent: Annotated[
        timedelta, Meta(description="Waiting for an approval; an unanswered question ends the incident as held.")
    ] = timedelta(minutes=30)
