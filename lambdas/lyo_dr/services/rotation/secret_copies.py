"""Reading the copies of a secret, one per region."""

from __future__ import annotations

from lyo_dr.adapters.aws.secretsmanager import Labels, labels
from lyo_dr.decisions.common.secret_text import Login
from lyo_dr.decisions.rotation.secret_rotation import Copy
from lyo_dr.errors import AwsCallFailed, RotationRefused
from lyo_dr.model.rotation import PROVEN
from lyo_dr.services.common.application_login import login_in


def read_copy(name: str, region: str) -> Copy:
    """One region's copy of a secret. Raises InvalidSecret, RotationRefused, or what the calls raise."""
    found = labels(name, region)
    current = found.versions.get("AWSCURRENT")
    if current is None:
        raise RotationRefused(f"secret {name} in {region} has no current version; store one")
    return Copy(
        region=region,
        current_id=current,
        current=login_in(name, region, current),
        pending_id=found.versions.get("AWSPENDING"),
        pending=_login_or_none(name, region, found, "AWSPENDING"),
        proven_id=found.versions.get(PROVEN),
        proven=_login_or_none(name, region, found, PROVEN),
        rotated_by=found.rotated_by,
    )


def _login_or_none(name: str, region: str, found: Labels, label: str) -> Login | None:
    """None without such a version, and for one that was staged empty (what Secrets Manager itself begins with)."""
    version = found.versions.get(label)
    if version is None:
        return None
    try:
        return login_in(name, region, version)
    except AwsCallFailed:
        return None
