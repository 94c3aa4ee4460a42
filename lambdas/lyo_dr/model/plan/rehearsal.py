"""What drills rehearse with: the schema, the application and the load of whoever wrote the plan.

It is part of the file a person writes and of nothing else: the plan that is deployed (``schema.Plan``) has no such
field, so that neither a function's layer nor the digest of a plan changes with it. Paths are relative to the file.
"""

from typing import Annotated

from msgspec import Meta

from lyo_dr.model.plan.kinds import PartName, UrlPath
from lyo_dr.model.plan.part import PlanPart
from lyo_dr.model.plan.schema import Plan

Command = Annotated[list[str], Meta(min_length=1, description="Program and arguments, run in the folder of the plan.")]


class RehearsedDatabase(PlanPart, frozen=True):
    """Files of SQL that make one database what it is in production."""

    schema: Annotated[
        str,
        Meta(description="SQL that creates its tables, run by the master user; the app_roles of the plan exist then."),
    ]
    seed: Annotated[str | None, Meta(description="SQL that fills them, run afterwards.")] = None


class RehearsedService(PlanPart, frozen=True):
    """The program that stands for the container of one service (docs/how-to/rehearse-your-own-system.md)."""

    command: Command


class Load(PlanPart, frozen=True):
    """What users do during a drill."""

    path: Annotated[
        UrlPath, Meta(description="Path to which the built-in client posts, behind the first DNS name of users.")
    ] = "/bookings"
    command: Annotated[
        Command | None,
        Meta(description="A script that makes the requests itself, instead of the built-in client."),
    ] = None


class Rehearsal(PlanPart, frozen=True):
    """Your own system in a drill; what is left out, the built-in application stands for."""

    databases: Annotated[
        dict[PartName, RehearsedDatabase],
        Meta(description="By name of the database: its schema; without one, the tables of the plan are made."),
    ] = {}
    services: Annotated[
        dict[PartName, RehearsedService],
        Meta(description="By name of the service: its program; without one, the built-in application."),
    ] = {}
    load: Annotated[Load, Meta(description="The requests that a drill counts.")] = Load()
    table: Annotated[
        str | None,
        Meta(
            description="Table of the first database that receives what the load writes, and that drills damage; "
            "omitted: the first one of the plan that has written_at."
        ),
    ] = None
    id: Annotated[
        str | None,
        Meta(description="Column of that table with the id the client sent; omitted: the first column of its key."),
    ] = None


class WrittenPlan(Plan, frozen=True):
    """The file: the plan, and what only drills read."""

    rehearsal: Annotated[
        Rehearsal | None, Meta(description="What drills rehearse with; nothing that is deployed reads it.")
    ] = None
