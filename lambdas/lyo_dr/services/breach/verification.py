"""Verification after a breach: old and new logins, sessions, the block, the application."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from lyo_dr.adapters.aws.iam import revoked_before
from lyo_dr.adapters.aws.secretsmanager import labels
from lyo_dr.adapters.aws.waf import blocking_sets, read_set
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.blocking import of_version
from lyo_dr.decisions.breach.proof import app_gap, login_gaps, session_gaps
from lyo_dr.decisions.breach.response import BreachDecision, breach_of
from lyo_dr.errors import LyoDrError
from lyo_dr.model.rotation import LoginTry
from lyo_dr.services.breach.breach_context import access_of, sets_of
from lyo_dr.services.common.application_login import logins_in
from lyo_dr.services.common.front_door import ask_services
from lyo_dr.services.common.sql_functions import ask


def gaps(ctx: StepContext, course: BreachDecision, rotated: list[str]) -> list[str]:
    """Everything that contradicts a contained breach; failed checks count, too."""
    found: list[str] = []
    # What holds no login of ours holds a cache's token, which the rotation itself has seen refused.
    logins = [secret.name for secret in ctx.plan.rotatable() if secret.name in rotated]
    for look in (_logins(ctx, logins), _sessions(ctx, logins), _blocks(ctx, course.block), _roles(ctx)):
        try:
            found += look
        except LyoDrError as silence:
            found.append(str(silence))
    return found + [gap for answer in ask_services(ctx) for gap in app_gap(answer)]


def _logins(ctx: StepContext, rotated: list[str]) -> Iterator[str]:
    """In the copies of both regions while there is a standby."""
    standby = ctx.store.control.record().standby_region
    for name in rotated:
        databases = dict.fromkeys(login.database for login in ctx.plan.logins_of(ctx.plan.secret(name)))
        for region, database in itertools.product([ctx.region, *([standby] if standby else [])], databases):
            asked = {"secret": name, "database": database}
            versions = labels(ctx.plan.secret_in(name, region), region).versions
            old, new = versions.get("AWSPREVIOUS"), versions["AWSCURRENT"]
            tried = None if old is None else ask(ctx, "TryLogin", {**asked, "version": old}, LoginTry, region=region)
            accepted = ask(ctx, "TryLogin", {**asked, "version": new}, LoginTry, region=region)
            yield from login_gaps(name, region, tried, accepted)


def _sessions(ctx: StepContext, rotated: list[str]) -> Iterator[str]:
    used: dict[str, set[str]] = {}
    for name in rotated:
        for database, login in logins_in(ctx.plan, name, ctx.region, None).items():
            used.setdefault(database, set()).add(login.user)
    for database, users in used.items():
        yield from session_gaps(access_of(ctx, database), users)


def _blocks(ctx: StepContext, blocked: list[str]) -> Iterator[str]:
    """An IP set without a Block rule that refers to it has no effect."""
    for region in breach_of(ctx.plan).ip_sets if blocked else ():
        acl = breach_of(ctx.plan).web_acls.get(region)
        refers = None if acl is None else blocking_sets(acl, region)
        for version, name in sets_of(ctx.plan, region).items():
            wanted, found = of_version(blocked, version), read_set(name, region)
            missing = [address for address in wanted if address not in found.addresses]
            if missing:
                yield f"{', '.join(missing)} are missing in IP set {name} in {region}"
            if wanted and refers is not None and found.arn not in refers:
                yield f"no Block rule of web ACL {acl} in {region} refers to IP set {name}"


def _roles(ctx: StepContext) -> Iterator[str]:
    for role in breach_of(ctx.plan).roles:
        if revoked_before(role) is None:
            yield f"older sessions of {role} are not refused"
