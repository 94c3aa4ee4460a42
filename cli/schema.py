"""The JSON schema of a plan, with a sentence for every field, as an editor shows it."""

from __future__ import annotations

from typing import Any

import msgspec

from cli.breach_schema import BREACH
from lyo_dr.model.plan import Plan

DESCRIPTIONS: dict[str, dict[str, str]] = {
    "Plan": {
        "name": "Prefix of everything that is deployed; letters, digits and hyphens.",
        "account": "The AWS account, twelve digits in quotes.",
        "objectives": "What a recovery is held against.",
        "regions": "Where you work, where you recover, and who is asked as a third party.",
        "networks": "By region: where the functions that speak SQL stand.",
        "databases": "What is promoted.",
        "services": "What is raised after it.",
        "traffic": "How users are led to the other region.",
        "endpoints": "What is asked before traffic moves, and through the front door afterwards.",
        "contacts": "Who is told.",
        "secrets": "Secrets the application needs in both regions.",
        "caches": "Redis or Valkey groups of ElastiCache whose AUTH token is rotated with the secret that holds it.",
        "workload": "existing: you have one; reference: one is deployed to try this on.",
        "policy": "What may happen without a person.",
        "timing": "Rhythms and time limits of single calls.",
        "budgets": "The longest each stage may take.",
        "observers": "Who is asked whether a region lives.",
        "evidence": "What is preserved of a breach, and for how long.",
        "breach": "What happens when somebody is inside; left out, findings start nothing.",
        "tracing": "Whether AWS X-Ray traces functions and state machines.",
    },
    **BREACH,
    "Objectives": {
        "rto": "The longest time users may be without the service.",
        "rpo": "The longest time of acknowledged work that may be lost; beyond it a person is asked.",
        "availability_percent": "The availability promised, in per cent.",
        "mttr": "The mean time to recovery promised.",
    },
    "Regions": {
        "primary": "Active on the first day; afterwards the role is run-time state.",
        "secondary": "Where the service recovers on the first day.",
        "neutral": "A third region, asked to tell 'that region is gone' from 'we are cut off'.",
    },
    "Network": {
        "vpc": "The VPC that reaches the database.",
        "subnets": "Subnets of it, in several zones.",
        "security_groups": "Groups the database lets in.",
    },
    "Evidence": {
        "retention_days": "How long the bucket's object lock keeps everything.",
        "log_groups": "By region: the log groups whose content is preserved.",
        "trail": "Name or ARN of a CloudTrail trail; whether it still records is preserved.",
        "readers": "ARNs of the IAM roles that may decrypt evidence.",
        "fresh": "So much of the logs is copied directly, because an export may miss it.",
        "copy_within": "The longest that copying may hold up what comes after it.",
        "late_after": "When the actions of suspects are looked up once more.",
        "history": "So far back logs are exported.",
        "export_within": "The longest that exports are waited for.",
    },
    "Maintenance": {
        "begins": "When it begins, with a time zone.",
        "ends": "When it ends, with a time zone.",
        "why": "Shown on what was not started.",
    },
    "Policy": {
        "failover": "automatic, or approve: always ask a person.",
        "breach": "approve: a person decides on rotation and isolation; automatic: not from breach.severity on.",
        "signal_max_age": "An older alarm is recorded and starts nothing.",
        "agreement": "So long the observers must agree without a gap; longer than a Multi-AZ failover takes.",
        "cooldown": "For so long after a recovery no alarm starts another one, unless a person acknowledged it.",
        "maintenance": "Times in which alarms start nothing.",
    },
    "Timing": {
        "poll": "Between two looks at something that takes its time.",
        "probe_timeout": "One HTTP probe, from connect to last byte.",
        "call_timeout": "One AWS API call in the own region.",
        "sql_timeout": "One connection that asks the integrity questions of a database.",
        "heartbeat_every": "Between two heartbeats written into the active database.",
        "heartbeat_round": "One run of the heartbeat function; its schedule is one minute.",
        "heartbeat_stale": "A replica that received nothing for so long has lost its source.",
        "watch_every": "Between two looks of the watcher at the other region.",
        "watch_round": "One run of the watcher; its schedule is one minute.",
    },
    "Budgets": {
        "triage": "From the alarm to the decision.",
        "fence": "Trying to stop the lost region; a region that does not answer is left to its epoch.",
        "promotion": "Promoting the databases and proving it by a write.",
        "capacity": "Raising the services to their desired count.",
        "switch": "Moving the traffic, until the name leads to the stand-by.",
        "validation": "Asking the endpoints.",
        "protection": "Backups and Multi-AZ of the new primary; nobody waits for it.",
        "restore": "One attempt to restore a database, until it is available.",
        "lease": "The right to change the system; renewed while an incident runs.",
        "consent": "An unanswered question ends the incident as held.",
    },
    "Database": {
        "name": "How incidents and messages call it.",
        "instances": "By region: the identifier of the RDS instance.",
        "critical": "Traffic waits for it.",
        "backup_retention_days": "Backups are kept so long after a promotion; 1 to 35.",
        "multi_az": "Whether the new primary gets a standby in another zone.",
        "app_roles": "Database users of the application; a deposed one is closed to them. Two, to rotate its login.",
        "low_storage_gib": "People are told when less is left; nothing starts.",
        "tables": "Where users' work is.",
        "integrity": "Questions to the data, asked every five minutes and of every restored database.",
        "restore": "How it is brought back when its data is wrong.",
    },
    "Check": {
        "name": "How messages call it.",
        "sql": "A single SELECT that answers with one number.",
        "expect": "zero: anything else is damage; steady: compared with the last good run.",
        "may_fall_percent": "So much less than in the last good run is fine.",
        "may_rise_percent": "So much more is fine; without it any rise is.",
    },
    "Restore": {
        "start": "approve: integrity alarms only call a person; automatic: they start the restore.",
        "stop": "zero: services are stopped while their data is wrong; read_only: they read; nothing: they go on.",
        "keep_damaged_days": "The damaged instance is kept so long at least, under another name.",
        "max_restores": "So many restores in all, those of a search included.",
        "search_budget": "A search for the moment may take so long; PT0S: none is made.",
        "search_at_once": "So many restores to throw away are made side by side.",
        "search_resolution": "Near enough: the search ends when good and damaged are so close.",
        "warm_budget": "Tables are read for so long before users are led to a restored database; PT0S: not at all.",
        "delayed": "A replica that replays later; promoted instead of a restore while the damage is not in it.",
    },
    "DelayedReplica": {
        "instances": "By region: the identifier of the delayed replica of the instance there.",
        "delay": "How much later it replays, as its parameter group says; a day at most.",
    },
    "Table": {
        "name": "The table.",
        "key": "Its key.",
        "written_at": "The column that says when a row was last written.",
    },
    "Service": {
        "name": "How incidents and messages call it.",
        "places": "By region: where it runs.",
        "desired": "So many tasks are raised on failover.",
        "minimum": "With fewer running it has not recovered.",
        "ready_path": "The path that says, by the app contract, that it reads and writes.",
    },
    "ServiceLocation": {
        "cluster": "The ECS cluster.",
        "service": "The ECS service.",
        "url": "Reaches it in this region, past the front door.",
    },
    "Traffic": {
        "name": "The DNS name users know.",
        "url": "The same as a URL.",
        "hosted_zone": "The id of its hosted zone.",
        "targets": "By region: where the name leads.",
        "strategy": "latch: data plane only; record: changes the record through Route 53's control plane.",
        "ttl": "How long resolvers keep an answer.",
        "resolvers": "Asked when the switch is verified; empty: the system's own.",
    },
    "Target": {
        "load_balancer": "The DNS name of a load balancer (with hosted_zone), for an alias.",
        "hosted_zone": "The hosted zone of the load balancer, which AWS documents by region.",
        "address": "An address, where there is no load balancer.",
    },
    "Observers": {"witness": "A URL of AWS that lives with the region; {region} is replaced."},
    "Secret": {
        "name": "Its name, the same in both regions.",
        "keys": "Keys it must hold.",
        "database": "The database its DATABASE_URL leads to; left out, the first of the plan.",
        "issued": "Keys only their issuer can change; people are asked for new ones.",
        "rotate_every": "The database login is rotated so often; left out, on demand only.",
    },
    "Cache": {
        "name": "How messages call it.",
        "secret": "The secret that holds its URL.",
        "key": "The key of that secret with the URL: rediss://:token@host:port/0.",
        "groups": "By region: the id of the ElastiCache replication group.",
    },
    "IssuedKey": {
        "key": "One of the keys of the secret.",
        "issuer": "Who gives it out.",
        "create": "What a person does to get a new one, with the address.",
        "revoke": "What a person does to end the former one, with the address.",
        "test": "A request that tells whether a key is valid, and changes nothing.",
    },
    "KeyTest": {
        "url": "Where it is sent; https.",
        "header": "The header that carries the key, with {key} in its place.",
        "method": "How it is sent.",
        "accepted": "Statuses that say the key is valid.",
        "refused": "Statuses that say it is not; any other says nothing.",
    },
    "Endpoint": {
        "name": "How messages call it.",
        "path": "Asked below the URL of each service, and through the front door.",
        "status": "The status that is right.",
        "ready": "Whether the body must be that of the app contract.",
    },
    "Contacts": {
        "responders": "E-mail addresses of those who act.",
        "stakeholders": "E-mail addresses of those who want to know.",
        "status_page": "The page customers look at.",
    },
}
"""By type and field."""


def schema() -> dict[str, Any]:
    """Shapes, names and descriptions; the rules between fields are checked by ``plan check``."""
    made: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Lyo DR plan",
        **msgspec.json.schema(Plan),
    }
    for kind, definition in made["$defs"].items():
        definition["description"] = " ".join(definition.get("description", "").replace("``", "").split())
        for name, field in definition.get("properties", {}).items():
            if said := DESCRIPTIONS.get(kind, {}).get(name):
                field["description"] = said
    return made
