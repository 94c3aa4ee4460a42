"""The response to a breach: contacts, regions, limits of a block, and what is rotated."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.near import one_of
from lyo_dr.model.plan import Breach, Plan
from lyo_dr.model.plan.rules.causes import reads


@reads("regions", "secrets[].name", "databases[].name")
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
    shared = set(breach.contacts) & {*plan.contacts.responders, *plan.contacts.stakeholders}
    for address in sorted(shared):
        yield f"breach.contacts: {address} is among contacts, too; the legal side needs a channel nobody else reads"


def _places(plan: Plan, breach: Breach) -> Iterator[str]:
    odd = [
        f"breach.{field}: {region} is not one of {' and '.join(plan.regions.pair)}; leave it out"
        for field in ("web_acls", "ip_sets", "alarms", "isolate")
        for region in getattr(breach, field)
        if region not in plan.regions.pair
    ]
    yield from odd
    for region in () if odd else plan.regions.pair:
        if (region in breach.ip_sets) != (region in breach.web_acls):
            yield f"breach: {region} needs both ip_sets and web_acls, or neither; a set alone blocks nobody"


def _block(breach: Breach) -> Iterator[str]:
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
    secrets = [secret.name for secret in plan.secrets]
    for name in breach.secrets:
        if name not in secrets:
            yield f"breach.secrets: {name!r} is no secret of this plan; {one_of(name, secrets)}"
    yield from _tables(plan, breach)


def _tables(plan: Plan, breach: Breach) -> Iterator[str]:
    databases = [database.name for database in plan.databases]
    for index, one in enumerate(breach.personal_data):
        if one.database is not None and one.database not in databases:
            path, there = f"breach.personal_data[{index}].database", one_of(one.database, databases)
            yield f"{path}: {one.database!r} is no database of this plan; {there}"
