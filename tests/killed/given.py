"""The words of the cases: what is there before a step runs."""

from __future__ import annotations

import json
from typing import Any

from lyo_dr.adapters.aws.session import client
from lyo_dr.model.step_record import Skip
from lyo_dr.model.tables.shape import TableShape
from tests.killed.stage import Stage
from tests.unit.builders import NOON, OREGON

FIT = TableShape(found=True, columns=["id", "created_at"], keys=[["id"]])
"""A table as the plan has it; how the catalogue is asked is tested with a real database (tests/sql)."""


def login(stage: Stage, region: str = OREGON) -> None:
    """The secret with which a SQL function logs in, of each database."""
    for database in stage.plan.databases:
        fields = {
            "host": "db.example",
            "port": 5432,
            "username": "lyo_dr",
            "password": "p",
            "dbname": "d",
            "tls": False,
        }
        name = stage.world.ctx(region=region).names.sql_secret(database.name)
        with stage.world.elsewhere():
            client("secretsmanager", region).create_secret(Name=name, SecretString=json.dumps(fields))


def an_event(stage: Stage, **more: Any) -> dict[str, Any]:
    """An open incident with an open gate; with ``gate`` another one."""
    gate = more.pop("gate", "open")
    return {"incident": stage.world.given_incident(gate=gate), **more}


def of_database(stage: Stage, **more: Any) -> dict[str, Any]:
    """The request of a step that works on the database."""
    return an_event(stage, database="bookings", started_at=NOON, **more)


def of_service(stage: Stage, **more: Any) -> dict[str, Any]:
    """The request of a step that works on the service."""
    return an_event(stage, service="assistant", started_at=NOON, **more)


def skipped(event: dict[str, Any], stage: Stage, step: str) -> dict[str, Any]:
    """A person skips the step."""
    skip = Skip(step=step, by="arn:ada", why="search is down", at=NOON)
    stage.world.ctx().store.steps.skip(event["incident"].id, skip)
    return event


APP_SECRET = "lyo-saas/production/app-secrets"


def app_secret(stage: Stage, *regions: str) -> None:
    """The secret the application reads, with a URL of its region."""
    for region in regions or (OREGON,):
        url = f"postgresql://lyo_app:first@{region}.db.example:5432/bookings?sslmode=verify-full"
        text = {"REDIS_URL": "rediss://:token@cache.example:6379/0", "DATABASE_URL": url, "OPENAI_API_KEY": "sk-1"}
        with stage.world.elsewhere():
            client("secretsmanager", region).create_secret(Name=APP_SECRET, SecretString=json.dumps(text))
