"""The response to a breach: contacts, regions, limits of a block, and what is rotated."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Breach, Plan


def rules(plan: Plan) -> Iterator[str]:
    """Rules of the part ``breach``; none where the plan has no such part."""
    if plan.breach is None:
        if plan.policy.breach == "automatic":
            yield "policy.breach: automatic, and the plan has no breach; write that part, or approve"
        return
    yield from _people(plan, plan.breach)
    yield from _places(plan, plan.breach)
    yield from _block(plan.breach)
    yield from _targets(plan, plan.breach)


def _people(plan: Plan, breach: Breach) -> Iterator[str]:
    """An intruder who reads the mail of the responders must not read that of the legal side."""
    if not breach.contacts:
        yield "breach.contacts: empty; name at least one address of the legal side"
    shared = set(breach.contacts) & {*plan.contacts.responders, *plan.contacts.stakeholders}
    for address in sorted(shared):
        yield f"breach.contacts: {address} is among contacts, too; the legal side needs a channel nobody else reads"


def _places(plan: Plan, breach: Breach) -> Iterator[str]:
    for field in ("web_acls", "ip_sets", "alarms", "isolate"):
        for region in getattr(breach, field):
            if region not in plan.regions.pair:
                yield f"breach.{field}: {region} is not one of {' and '.join(plan.regions.pair)}; leave it out"
    for region in plan.regions.pair:
        if (region in breach.ip_sets) != (region in breach.web_acls):
            yield f"breach: {region} needs both ip_sets and web_acls, or neither; a set alone blocks nobody"


def _block(breach: Breach) -> Iterator[str]:
    if not 0 < breach.severity <= 10:
        yield f"breach.severity: {breach.severity:g}; GuardDuty counts from 1 to 10"
    if breach.max_addresses < 1:
        yield f"breach.max_addresses: {breach.max_addresses}; write 1 or more"
    if not 8 <= breach.widest_ipv4 <= 32 or not 32 <= breach.widest_ipv6 <= 128:
        yield "breach.widest_ipv4, widest_ipv6: a block as wide as that locks out bystanders; write 8 to 32, 32 to 128"
    if breach.block_for < timedelta(hours=1):
        yield f"breach.block_for: {humanize(breach.block_for)} is too short for anybody to look; write PT1H or more"
    yield from _protected(breach)


def _protected(breach: Breach) -> Iterator[str]:
    for text in breach.protected:
        try:
            ipaddress.ip_network(text)
        except ValueError:
            yield f"breach.protected: {text!r} is no network; write one such as 198.51.100.0/24"


def _targets(plan: Plan, breach: Breach) -> Iterator[str]:
    secrets = {secret.name for secret in plan.secrets}
    for name in breach.secrets:
        if name not in secrets:
            yield f"breach.secrets: {name!r} is no secret of this plan; use one of its names"
    for role in breach.roles:
        if not re.fullmatch(r"[A-Za-z0-9+=,.@_-]{1,64}", role):
            yield f"breach.roles: {role!r} is no name of a role; write it without path and ARN"
    yield from _tables(plan, breach)


def _tables(plan: Plan, breach: Breach) -> Iterator[str]:
    databases = {database.name for database in plan.databases}
    for index, one in enumerate(breach.personal_data):
        if one.database is not None and one.database not in databases:
            yield f"breach.personal_data[{index}].database: {one.database!r} is no database of this plan"
