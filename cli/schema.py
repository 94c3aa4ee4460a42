"""JSON schema of a plan, with a description of every field, as editors show it."""

from __future__ import annotations

from typing import Any

import msgspec

from cli.breach_schema import BREACH
from lyo_dr.model.plan import Plan

DESCRIPTIONS: dict[str, dict[str, str]] = {
    "Plan": {
        "name": "Prefix of everything that is deployed; letters, digits and hyphens.",
        "account": "The AWS account, twelve digits in quotes.",
        "objectives": "Targets that every recovery is measured against.",
        "regions": "The primary region, the one it recovers in, and a neutral one that is probed as a third party.",
        "networks": "VPC, subnets and security groups of the SQL functions, by region.",
        "databases": "RDS databases that are promoted in a failover.",
        "services": "ECS services that are scaled up after the promotion.",
        "traffic": "DNS name of the service, and how it is switched to the other region.",
        "endpoints": "Requests that must succeed before traffic moves, and through the public name afterwards.",
        "contacts": "Who is notified.",
        "secrets": "Secrets the application needs in both regions.",
        "caches": "Redis or Valkey groups of ElastiCache whose AUTH token is rotated with the secret that holds it.",
        "workload": "existing: yours; reference: a small one is deployed, to try this on.",
        "policy": "What may happen without approval.",
        "timing": "Poll intervals, and timeouts of single calls.",
        "budgets": "Maximum duration of each stage.",
        "observers": "Observers that are asked whether a region is alive.",
        "evidence": "Which evidence of a breach is preserved, and for how long.",
        "breach": "Response to a security breach; without it findings start nothing.",
    },
    **BREACH,
    "Objectives": {
        "rto": "Recovery time objective: maximum time users may be without the service.",
        "rpo": "Recovery point objective: maximum acknowledged work, as a duration, that may be lost without approval.",
        "availability_percent": "The availability promised, in percent.",
        "mttr": "The mean time to recovery promised.",
    },
    "Regions": {
        "primary": "Active at first; afterwards the active region is run-time state.",
        "secondary": "The standby at first.",
        "neutral": "A third region, probed to tell 'that region is lost' from 'this region is cut off'.",
    },
    "Network": {
        "vpc": "The VPC from which the database can be reached.",
        "subnets": "Subnets of it, in several zones.",
        "security_groups": "Security groups that the database accepts connections from.",
    },
    "Evidence": {
        "retention_days": "Retention of the bucket's object lock, in days.",
        "log_groups": "By region: the log groups whose content is preserved.",
        "trail": "Name or ARN of a CloudTrail trail; its logging status is preserved.",
        "readers": "ARNs of the IAM roles that may decrypt evidence.",
        "fresh": "The newest part of the logs, copied directly because an export may miss it.",
        "copy_within": "Maximum time copying may delay the next step.",
        "late_after": "Delay after which the actions of suspects are read from CloudTrail a second time.",
        "history": "How far back logs are exported.",
        "export_within": "Maximum time to wait for log exports.",
    },
    "Maintenance": {
        "begins": "Start, with a time zone.",
        "ends": "End, with a time zone.",
        "why": "The reason; shown with each blocked alarm.",
    },
    "Policy": {
        "failover": "automatic; or approve: always ask for approval.",
        "breach": "approve: rotation and isolation need approval; automatic: not from breach.severity on.",
        "signal_max_age": "An alarm older than this is recorded and starts nothing.",
        "agreement": "How long the observers must agree, without interruption; longer than a Multi-AZ failover takes.",
        "cooldown": "How long after a recovery no alarm starts another one, unless it is acknowledged.",
        "maintenance": "Maintenance windows, in which alarms start nothing.",
    },
    "Timing": {
        "poll": "Poll interval of long-running operations.",
        "probe_timeout": "Timeout of one HTTP probe, from connect to last byte.",
        "call_timeout": "Timeout of one AWS API call in the same region.",
        "sql_timeout": "Timeout of one database connection, all integrity checks included.",
        "heartbeat_every": "Interval between two heartbeats written to the active database.",
        "heartbeat_round": "Duration of one run of the heartbeat function; its schedule is one minute.",
        "heartbeat_stale": "A replica that has received nothing for this long has lost its source.",
        "watch_every": "Interval between two probes of the other region by the watcher.",
        "watch_round": "Duration of one run of the watcher; its schedule is one minute.",
    },
    "Budgets": {
        "triage": "From the alarm to the decision.",
        "fence": "Stopping the lost region; one that does not answer is fenced by its outdated epoch.",
        "promotion": "Promoting the databases, and verifying that with a write.",
        "capacity": "Scaling the services up to their desired count.",
        "switch": "Switching traffic, until the name resolves to the standby.",
        "validation": "Checking the endpoints.",
        "protection": "Backups and Multi-AZ of the new primary; the recovery does not wait for it.",
        "restore": "One attempt to restore a database, until it is available.",
        "lease": "Lifetime of the lease, the exclusive right to change the system; renewed while an incident runs.",
        "consent": "How long a question stays open; unanswered, the incident ends as held.",
    },
    "Database": {
        "name": "Its name in incidents and messages.",
        "instances": "By region: the identifier of the RDS instance.",
        "critical": "Whether traffic waits for it.",
        "backup_retention_days": "Backup retention after a promotion, 1 to 35 days.",
        "multi_az": "Whether the new primary gets a standby in another zone.",
        "app_roles": "Database users of the application; a deposed database is closed to them. Two allow rotation.",
        "low_storage_gib": "Responders are notified when less storage is free; nothing is started.",
        "tables": "Tables that hold the users' work.",
        "integrity": "Integrity checks, run every five minutes and on every restored database.",
        "restore": "How it is restored when its data is damaged.",
    },
    "Check": {
        "name": "Its name in messages.",
        "sql": "A single SELECT that returns one number.",
        "expect": "zero: anything else is damage; steady: compared with the last good run.",
        "may_fall_percent": "Allowed decrease against the last good run, in percent.",
        "may_rise_percent": "Allowed increase, in percent; without it, any.",
    },
    "Restore": {
        "start": "approve: integrity alarms only notify; automatic: they start the restore.",
        "stop": "zero: services are stopped during the restore; read_only: they can only read; nothing: they go on.",
        "keep_damaged_days": "Minimum time the damaged instance is kept, under another name, in days.",
        "max_restores": "Maximum number of restores, including those made while searching.",
        "search_budget": "Maximum duration of a search for the recovery point; PT0S: no search.",
        "search_at_once": "Number of temporary restores a search makes in parallel.",
        "search_resolution": "The search ends when the last good and the first damaged point are this close.",
        "warm_budget": "How long a restored database is prewarmed before users reach it; PT0S: not at all.",
        "delayed": "A delayed replica; promoted instead of a restore while the damage has not reached it.",
    },
    "DelayedReplica": {
        "instances": "By region: the identifier of the delayed replica of the instance there.",
        "delay": "Its replay delay, as set in its parameter group; a day at most.",
    },
    "Table": {
        "name": "The table.",
        "key": "Its key column.",
        "written_at": "The column with the time a row was last written.",
    },
    "Service": {
        "name": "Its name in incidents and messages.",
        "places": "Where it runs, by region.",
        "desired": "Number of tasks after a failover.",
        "minimum": "Minimum number of running tasks to count as recovered.",
        "ready_path": "Path of the readiness check of the app contract: the service reads and writes.",
    },
    "ServiceLocation": {
        "cluster": "The ECS cluster.",
        "service": "The ECS service.",
        "url": "Its URL in this region, bypassing the public name.",
    },
    "Traffic": {
        "name": "The DNS name users know.",
        "url": "The same as a URL.",
        "hosted_zone": "The id of its hosted zone.",
        "targets": "What the name resolves to, by region.",
        "strategy": "latch: data plane only; record: changes the record through Route 53's control plane.",
        "ttl": "Time to live of DNS answers.",
        "resolvers": "DNS resolvers that verify the switch; empty: those of the system.",
    },
    "Target": {
        "load_balancer": "The DNS name of a load balancer (with hosted_zone), for an alias.",
        "hosted_zone": "The hosted zone of the load balancer, which AWS documents by region.",
        "address": "An IP address, where there is no load balancer.",
    },
    "Observers": {"witness": "An AWS endpoint that is up while the region is; {region} is replaced."},
    "Secret": {
        "name": "Its name, the same in both regions.",
        "keys": "Keys it must contain.",
        "database": "The database of its DATABASE_URL; default: the first of the plan.",
        "issued": "Keys that only their issuer can replace; new ones are handed over manually.",
        "rotate_every": "Rotation interval of the database login; default: on demand only.",
    },
    "Cache": {
        "name": "Its name in messages.",
        "secret": "The secret that holds its URL.",
        "key": "The key of that secret with the URL: rediss://:token@host:port/0.",
        "groups": "By region: the id of the ElastiCache replication group.",
    },
    "IssuedKey": {
        "key": "One of the keys of the secret.",
        "issuer": "Name of the issuer.",
        "create": "Instructions to create a new one, with the URL.",
        "revoke": "Instructions to revoke the former one, with the URL.",
        "test": "A request that tells whether a key is valid, without side effects.",
    },
    "KeyTest": {
        "url": "URL of the request; https.",
        "header": "Request header with the key; {key} is replaced.",
        "method": "HTTP method.",
        "accepted": "HTTP statuses of a valid key.",
        "refused": "HTTP statuses of an invalid key; any other is inconclusive.",
    },
    "Endpoint": {
        "name": "Its name in messages.",
        "path": "Path below the URL of each service, and below the public URL.",
        "status": "Expected HTTP status.",
        "ready": "Whether the body must follow the app contract.",
    },
    "Contacts": {
        "responders": "E-mail addresses of the people who act.",
        "stakeholders": "E-mail addresses of the people who are kept informed.",
        "status_page": "URL of the public status page.",
    },
}
"""Descriptions by type and field."""


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
