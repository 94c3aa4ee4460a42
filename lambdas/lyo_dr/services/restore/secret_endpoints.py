"""Secrets that lead to a database: the application's, and our own login."""

from __future__ import annotations

import hashlib

from lyo_dr.adapters.aws import secretsmanager
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_logins import InstanceEndpoint, leads_to, pointed, put_back
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.plan import SecretLogin
from lyo_dr.model.resource_names import ResourceNames


def point_secrets(
    ctx: StepContext, region: str, database: str, target: InstanceEndpoint, incident_id: str
) -> list[str]:
    """Point the secrets of a region to another instance; the names of those that changed. Raises InvalidSecret."""
    logins = _logins(ctx, region, database)
    before = {name: secretsmanager.read_text(name, region) for name in logins}
    changes = {name: _pointed(name, region, text, logins[name], target) for name, text in before.items()}
    changed = [name for name, text in changes.items() if text != before[name]]
    for name in changed:
        secretsmanager.write_text(name, region, changes[name], _token(incident_id, name, changes[name]))
    return changed


def put_secrets_back(ctx: StepContext, database: str, incident_id: str, new: InstanceEndpoint) -> list[str]:
    """Give the secrets that point to ``new`` the address of their previous version; the names of those changed.

    Nothing else of that version: a secret may hold logins to other databases, which have moved meanwhile.
    """
    back = []
    for name, logins in _logins(ctx, ctx.region, database).items():
        text = secretsmanager.read_text(name, ctx.region)
        if not leads_to(text, logins, new):
            continue
        before = put_back(text, secretsmanager.read_previous(name, ctx.region), logins)
        secretsmanager.write_text(name, ctx.region, before, _token(f"{incident_id}-back", name, before))
        back.append(name)
    return back


def _logins(ctx: StepContext, region: str, database: str) -> dict[str, list[SecretLogin]]:
    """By secret, what leads to the database; our own login comes last."""
    found: dict[str, list[SecretLogin]] = {}
    for secret, login in ctx.plan.logins_to(database):
        found.setdefault(secret.name_in(region), []).append(login)
    own = SecretLogin(database=database, format="rds")
    return {**found, ResourceNames(ctx.plan, region).sql_secret(database): [own]}


def _pointed(name: str, region: str, text: str | None, logins: list[SecretLogin], target: InstanceEndpoint) -> str:
    try:
        return pointed(text, logins, target)
    except InvalidSecret as fault:
        raise InvalidSecret(f"secret {name} in {region}: {fault}") from None


def _token(incident_id: str, name: str, text: str) -> str:
    """Idempotency token: the same for the same change of the same incident."""
    return hashlib.sha256(f"{incident_id}\n{name}\n{text}".encode()).hexdigest()
