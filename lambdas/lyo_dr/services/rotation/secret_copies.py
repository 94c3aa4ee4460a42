"""Reading the copies of a secret, one per region."""

from __future__ import annotations

from lyo_dr.adapters.aws.secretsmanager import Labels, labels
from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.rotation.secret_rotation import Copy
from lyo_dr.errors import AwsCallFailed, RotationRefused
from lyo_dr.model.plan import Plan
from lyo_dr.model.rotation import PROVEN
from lyo_dr.services.common.application_login import logins_in


def read_copies(plan: Plan, name: str, region: str) -> dict[str, Copy]:
    """By database, one region's copy of its login in a secret.

    Raises InvalidSecret, RotationRefused, or what the calls raise.
    """
    here = plan.secret_in(name, region)
    found = labels(here, region)
    current = found.versions.get("AWSCURRENT")
    if current is None:
        raise RotationRefused(f"secret {here} in {region} has no current version; store one")
    pending, proven = (_logins_or_none(plan, name, region, found, label) for label in ("AWSPENDING", PROVEN))
    return {
        database: Copy(
            region=region,
            current_id=current,
            current=login,
            pending_id=found.versions.get("AWSPENDING"),
            pending=pending.get(database),
            proven_id=found.versions.get(PROVEN),
            proven=proven.get(database),
            rotated_by=found.rotated_by,
        )
        for database, login in logins_in(plan, name, region, current).items()
    }


def _logins_or_none(plan: Plan, name: str, region: str, found: Labels, label: str) -> dict[str, Login]:
    """Empty without such a version, and for one that was staged empty (what Secrets Manager itself begins with)."""
    version = found.versions.get(label)
    if version is None:
        return {}
    try:
        return logins_in(plan, name, region, version)
    except AwsCallFailed:
        return {}
