"""What a well-formed plan must also be: consistent. Each broken rule is one sentence with path and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from lyo_dr.model.breach_rules import breach_rules
from lyo_dr.model.cache_rules import caches
from lyo_dr.model.delayed_rules import delayed_replicas
from lyo_dr.model.evidence_rules import evidence
from lyo_dr.model.issuer_rules import issued_keys
from lyo_dr.model.plan import ALTERNATING, DATABASE_URL, Plan, Restore, Secret, Target

_LONGEST_SEARCH = timedelta(hours=1)
_LONGEST_WARMING = timedelta(minutes=8)


def broken_rules(plan: Plan) -> list[str]:
    """Every rule the plan breaks, in the order of the file; empty when it can be used."""
    return [fault for rule in _RULES for fault in rule(plan)]


def _identity(plan: Plan) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,11}", plan.name):
        yield f"name: {plan.name!r} becomes part of resource names; use 2 to 12 of a-z, 0-9 and -"
    if not re.fullmatch(r"\d{12}", plan.account):
        yield f"account: {plan.account!r} is not an AWS account; write one 12-digit number in quotes"


def _regions(plan: Plan) -> Iterator[str]:
    regions = plan.regions
    for label, region in (
        ("primary", regions.primary),
        ("secondary", regions.secondary),
        ("neutral", regions.neutral),
    ):
        if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
            yield f"regions.{label}: {region!r} is not a region; write one such as eu-west-1"
    if len({*regions.pair, regions.neutral}) < 3:
        yield "regions: primary, secondary and neutral must be three different regions"
    if "us-east-1" in regions.pair:
        yield "regions: us-east-1 holds the control planes of Route 53 and IAM; choose another region to recover in"


def _places(plan: Plan) -> Iterator[str]:
    """Everything that exists once per region is given for exactly the pair."""
    pair = set(plan.regions.pair)
    tables: list[tuple[str, set[str]]] = [
        ("networks", set(plan.networks)),
        ("traffic.targets", set(plan.traffic.targets)),
    ]
    tables += [(f"databases[{i}].instances", set(d.instances)) for i, d in enumerate(plan.databases)]
    tables += [(f"services[{i}].places", set(s.places)) for i, s in enumerate(plan.services)]
    for path, given in tables:
        if given != pair:
            found = ", ".join(sorted(given)) or "no region"
            yield f"{path}: given for {found}; give it for {' and '.join(sorted(pair))}"


def _lists(plan: Plan) -> Iterator[str]:
    for path, names in (
        ("databases", [d.name for d in plan.databases]),
        ("services", [s.name for s in plan.services]),
        ("endpoints", [e.name for e in plan.endpoints]),
    ):
        if not names:
            yield f"{path}: empty; name at least one"
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{path}: the name {name!r} is used twice; give each its own"
        for name in names:
            if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", name):
                yield f"{path}: the name {name!r} becomes part of resource names; use up to 30 of a-z, 0-9 and -"


def _capacity(plan: Plan) -> Iterator[str]:
    for index, service in enumerate(plan.services):
        if not 1 <= service.minimum <= service.desired:
            yield (
                f"services[{index}]: minimum {service.minimum} and desired {service.desired} do not fit; "
                "write 1 <= minimum <= desired"
            )
    for index, database in enumerate(plan.databases):
        if not 1 <= database.backup_retention_days <= 35:
            yield f"databases[{index}].backup_retention_days: {database.backup_retention_days}; RDS takes 1 to 35"
        if database.low_storage_gib <= 0:
            yield f"databases[{index}].low_storage_gib: {database.low_storage_gib:g}; write more than 0"


def _urls(plan: Plan) -> Iterator[str]:
    urls = [("traffic.url", plan.traffic.url), ("observers.witness", plan.observers.witness)]
    for index, service in enumerate(plan.services):
        urls += [(f"services[{index}].places.{region}.url", place.url) for region, place in service.places.items()]
    for path, url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield f"{path}: {url!r} is not a web address; write one such as https://api.example.com"
    if "{region}" not in plan.observers.witness:
        yield "observers.witness: {region} is missing from the address; it is asked in three regions"
    if urlsplit(plan.traffic.url).hostname != plan.traffic.name:
        yield f"traffic.url: does not lead to traffic.name; write https://{plan.traffic.name}"


def _targets(plan: Plan) -> Iterator[str]:
    for region, target in plan.traffic.targets.items():
        if not _one_target(target):
            yield (
                f"traffic.targets.{region}: give either load_balancer with its hosted_zone, or address, "
                "so that the record has one place to lead to"
            )


def _one_target(target: Target) -> bool:
    alias = target.load_balancer is not None and target.hosted_zone is not None
    return alias != (target.address is not None)


def _times(plan: Plan) -> Iterator[str]:
    budgets = plan.budgets
    stages = (budgets.triage, budgets.fence, max(budgets.promotion, budgets.capacity), budgets.switch)
    path_time = sum(stages, timedelta()) + 3 * budgets.validation
    if path_time > plan.objectives.rto:
        yield f"budgets: the stages of a failover may take {path_time}, more than objectives.rto {plan.objectives.rto}"
    if plan.timing.heartbeat_stale < 3 * plan.timing.heartbeat_every:
        yield "timing.heartbeat_stale: shorter than three heartbeats would call a living database silent; raise it"
    if plan.timing.probe_timeout <= timedelta(seconds=2):
        yield "timing.probe_timeout: an app has two seconds to answer (docs/app-contract.md); write more than PT2S"
    for path, value in (("timing.poll", plan.timing.poll), ("budgets.fence", budgets.fence)):
        if value < timedelta(seconds=1):
            yield f"{path}: {value} is too short; AWS Step Functions waits whole seconds, write PT1S or more"


def _agreement(plan: Plan) -> Iterator[str]:
    if plan.policy.agreement >= plan.budgets.triage:
        yield "policy.agreement: not shorter than budgets.triage, so no look could ever be long enough; shorten it"
    if plan.policy.agreement < 3 * plan.timing.watch_every:
        yield "policy.agreement: shorter than three looks of the watcher (timing.watch_every); lengthen it"


def _lease(plan: Plan) -> Iterator[str]:
    if plan.budgets.lease > plan.policy.signal_max_age:
        yield "budgets.lease: longer than policy.signal_max_age, so long an alarm waits for dead work; shorten it"


def _tables(plan: Plan) -> Iterator[str]:
    """Names of the database go into SQL, so they are held to what needs no quoting."""
    for index, database in enumerate(plan.databases):
        words = [("app_roles", role) for role in database.app_roles]
        for table in database.tables:
            words += [("tables", table.name), ("tables", table.key), ("tables", table.written_at)]
        for field, word in words:
            if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", word):
                yield f"databases[{index}].{field}: {word!r} is no plain SQL name; use up to 63 of a-z, 0-9 and _"


def _secrets(plan: Plan) -> Iterator[str]:
    names = {database.name for database in plan.databases}
    for index, secret in enumerate(plan.secrets):
        if secret.database is not None and secret.database not in names:
            yield f"secrets[{index}].database: {secret.database!r} is no database of this plan; use one of its names"
        elif secret.rotate_every is not None:
            yield from _rotation(plan, index, secret)


def _rotation(plan: Plan, index: int, secret: Secret) -> Iterator[str]:
    if secret.rotate_every is not None and secret.rotate_every < timedelta(days=1):
        yield f"secrets[{index}].rotate_every: {secret.rotate_every} is too often; write P1D or more"
    if secret.name in {cache.secret for cache in plan.caches}:
        return
    if DATABASE_URL not in secret.keys:
        yield f"secrets[{index}].rotate_every: only a DATABASE_URL is rotated, and {secret.name!r} has none"
    elif len(plan.database_of(secret).app_roles) != ALTERNATING:
        yield (
            f"secrets[{index}].rotate_every: the login alternates between two users; "
            f"give the database {plan.database_of(secret).name!r} two app_roles"
        )


def _integrity(plan: Plan) -> Iterator[str]:
    for index, database in enumerate(plan.databases):
        path, names = f"databases[{index}]", [check.name for check in database.integrity]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{path}.integrity: the name {name!r} is used twice; give each its own"
        for check in database.integrity:
            if not re.match(r"\s*(select|with)\b", check.sql, re.IGNORECASE) or ";" in check.sql:
                yield f"{path}.integrity: {check.name!r} is not one question; write a single SELECT, without ;"


def _restores(plan: Plan) -> Iterator[str]:
    for index, database in enumerate(plan.databases):
        path, restore = f"databases[{index}].restore", database.restore
        if restore.stop == "read_only" and not database.app_roles:
            yield f"{path}.stop: read_only needs app_roles, the users that are to read only"
        if restore.max_restores < 1:
            yield f"{path}.max_restores: {restore.max_restores}; write 1 or more"
        yield from _search(path, restore)


def _search(path: str, restore: Restore) -> Iterator[str]:
    """The machines that search and warm have limits of their own, which no plan can lengthen."""
    if restore.search_budget > _LONGEST_SEARCH:
        yield f"{path}.search_budget: {restore.search_budget}; a search may take PT1H at most"
    if restore.search_at_once < 1:
        yield f"{path}.search_at_once: {restore.search_at_once}; write 1 or more"
    if restore.warm_budget > _LONGEST_WARMING:
        yield f"{path}.warm_budget: {restore.warm_budget}; write PT8M or less: users wait meanwhile"


def _maintenance(plan: Plan) -> Iterator[str]:
    for index, window in enumerate(plan.policy.maintenance):
        if window.ends <= window.begins:
            yield f"policy.maintenance[{index}]: ends before it begins; exchange the two"


_RULES: tuple[Callable[[Plan], Iterator[str]], ...] = (
    _identity,
    _regions,
    _places,
    _lists,
    _capacity,
    _urls,
    _targets,
    _times,
    _agreement,
    _lease,
    _tables,
    _secrets,
    issued_keys,
    caches,
    _integrity,
    _restores,
    delayed_replicas,
    _maintenance,
    breach_rules,
    evidence,
)
