"""What the steps of a rotation share: reading the copies of a secret, asking the functions inside the VPC."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from lyo_dr.adapters.aws.functions import invoke
from lyo_dr.adapters.aws.secrets import Labels, SqlLogin, labels, read_text, version_text
from lyo_dr.decisions.rotation import Copy
from lyo_dr.decisions.secret_text import Login, login_of, value_of
from lyo_dr.doorman import Here
from lyo_dr.errors import CallRefused, RotationRefused
from lyo_dr.model.names import Names
from lyo_dr.model.plan import DATABASE_URL
from lyo_dr.model.rotation import PROVEN
from lyo_dr.steps.own_login import own_login

_SECONDS = 10.0
"""For one answer of a SQL function; a step asks two at most."""

Answer = TypeVar("Answer", bound=msgspec.Struct)


def read_copy(name: str, region: str) -> Copy:
    """One region's copy of a secret. Raises SecretUnfit, RotationRefused, or what the calls raise."""
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


def login_in(name: str, region: str, version: str | None) -> Login:
    """Who logs in by one version of a secret, the current one for None. Raises SecretUnfit."""
    text = read_text(name, region) if version is None else version_text(name, region, version)
    return login_of(value_of(text, DATABASE_URL))


def _login_or_none(name: str, region: str, found: Labels, label: str) -> Login | None:
    """None without such a version, and for one that was staged empty (what Secrets Manager itself begins with)."""
    version = found.versions.get(label)
    if version is None:
        return None
    try:
        return login_in(name, region, version)
    except CallRefused:
        return None


def ask(here: Here, step: str, asked: dict[str, Any], answer: type[Answer], *, region: str = "") -> Answer:
    """Ask a SQL function of a region, this one unless another is named. No password is in question or answer."""
    where = region or here.region
    function = Names(here.plan, where).function("secret_rotation", step)
    return msgspec.convert(invoke(function, asked, where, seconds=_SECONDS), answer)


def app_login(here: Here, database: str, login: Login) -> SqlLogin:
    """The same way to the same database, as a user of the application."""
    return msgspec.structs.replace(own_login(here, database), username=login.user, password=login.password)
