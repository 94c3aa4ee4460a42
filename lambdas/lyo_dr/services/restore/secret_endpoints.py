"""Secrets that hold the address of a database: the app's, and our own login."""

from __future__ import annotations

import hashlib

from lyo_dr.adapters.aws import secretsmanager
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.secret_text import readdressed, value_of, with_value
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.resource_names import ResourceNames

_URL = "DATABASE_URL"


def point_secrets(ctx: StepContext, region: str, database: str, host: str, port: int, incident_id: str) -> list[str]:
    """Point the secrets of a region to another address; the names of those that changed. Raises InvalidSecret."""
    changes: dict[str, str] = {}
    own = ResourceNames(ctx.plan, region).sql_secret(database)
    before = {name: secretsmanager.read_text(name, region) for name in [*app_secrets(ctx, database), own]}
    for name, text in before.items():
        if name == own:
            changes[name] = with_value(with_value(text, "host", host), "port", port)
        else:
            changes[name] = with_value(text, _URL, readdressed(value_of(text, _URL), host, port))
    changed = [name for name, text in changes.items() if text != before[name]]
    for name in changed:
        secretsmanager.write_text(name, region, changes[name], _token(incident_id, name, changes[name]))
    return changed


def put_secrets_back(ctx: StepContext, database: str, incident_id: str, new: tuple[str, int]) -> list[str]:
    """Roll back the secrets that point to ``new`` to their previous version; the names of those changed."""
    own, back = ctx.names.sql_secret(database), []
    for name in [*app_secrets(ctx, database), own]:
        text = secretsmanager.read_text(name, ctx.region)
        if not _leads_to(text, new, own=name == own):
            continue
        before = secretsmanager.read_previous(name, ctx.region) or ""
        secretsmanager.write_text(name, ctx.region, before, _token(f"{incident_id}-back", name, before))
        back.append(name)
    return back


def app_secrets(ctx: StepContext, database: str) -> list[str]:
    """The app's secrets whose address is this database's."""
    plan = ctx.plan
    return [s.name for s in plan.secrets if _URL in s.keys and plan.database_of(s).name == database]


def _leads_to(text: str | None, new: tuple[str, int], *, own: bool) -> bool:
    """A secret that is unfit was never written by us."""
    try:
        if own:
            return (value_of(text, "host"), value_of(text, "port")) == new
        url = value_of(text, _URL)
        return bool(readdressed(url, *new) == url)
    except InvalidSecret:
        return False


def _token(incident_id: str, name: str, text: str) -> str:
    """Idempotency token: the same for the same change of the same incident."""
    return hashlib.sha256(f"{incident_id}\n{name}\n{text}".encode()).hexdigest()
