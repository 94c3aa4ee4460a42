"""Bringing a database back: backups, snapshots, the instances an incident makes, and the secrets that lead there."""

from __future__ import annotations

from lyo_dr.model.plan import NAME_BASE, Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.delayed import delayed_replicas
from stacks.grants.grant import Grant

_SEEN = "is it there, ours, and available?"
_OF_THE_ACCOUNT = "an instance is made with the groups its source has, whose names the plan does not hold"


def see_backups(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Which moments and snapshots there are of a database."""
    return [*see_windows(plan, names), *see_snapshots(plan, names)]


def see_windows(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Which moments there are. AWS lists two kinds of resources for this read, and not which of them it asks about."""
    return [
        Grant(
            ("rds:DescribeDBInstanceAutomatedBackups",),
            (names.arn("rds", "auto-backup:*"), *_current(plan, names)),
            "Amazon RDS chooses the ids of automated backups",
        )
    ]


def see_snapshots(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Which snapshots there are of what is a database now. AWS lists two kinds of resources, as above."""
    return [
        Grant(
            ("rds:DescribeDBSnapshots",),
            (*_current(plan, names), names.arn("rds", "snapshot:*")),
            "the snapshots of these instances, whatever their names",
        )
    ]


def see_instances(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See the plan's instances, and those that take their place after an incident."""
    return [Grant(("rds:DescribeDBInstances",), _current(plan, names), _SEEN)]


def see_planned(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See the plan's instances alone."""
    return [Grant(("rds:DescribeDBInstances",), _planned(plan, names), _SEEN)]


def see_restored(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See what incidents have restored."""
    return [Grant(("rds:DescribeDBInstances",), _made(plan, names, "r"), _SEEN)]


def see_successors(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See what takes the place of a damaged instance."""
    return [Grant(("rds:DescribeDBInstances",), _successors(plan, names), _SEEN)]


def see_damaged(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See damaged instances that were put aside."""
    return [Grant(("rds:DescribeDBInstances",), _made(plan, names, "damaged"), _SEEN)]


def see_peer_replicas(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See the replicas of the other region, and those that were put aside there."""
    there = _peer(plan, names)
    return [*see_planned(plan, there), *see_damaged(plan, there)]


def take_snapshots(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Take a snapshot of a damaged instance, and mark it."""
    return [
        Grant(
            ("rds:CreateDBSnapshot",),
            (*_current(plan, names), *_evidence(plan, names)),
            "evidence, before anything is changed",
        ),
        Grant(("rds:AddTagsToResource",), _evidence(plan, names), "it carries the incident's tag"),
    ]


def restore_databases(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Make instances beside those of the plan; none is changed or deleted by this."""
    return [
        Grant(("rds:RestoreDBInstanceToPointInTime",), _current(plan, names), "an instance beside the damaged one"),
        Grant(
            ("rds:RestoreDBInstanceFromDBSnapshot",),
            (*_made(plan, names, "r"), names.arn("rds", "snapshot:*")),
            "where no moment is good, or a person names a snapshot: any of theirs, whatever its name",
        ),
        *_mark(plan, names, "r"),
        Grant(
            ("rds:RestoreDBInstanceToPointInTime", "rds:RestoreDBInstanceFromDBSnapshot"),
            _groups(names),
            _OF_THE_ACCOUNT,
        ),
        *_keys(names),
    ]


def restore_from_backups(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Make instances of backups of the other region's instances that are kept here."""
    return [
        Grant(("rds:RestoreDBInstanceToPointInTime",), _made(plan, names, "r"), "an instance beside the replica"),
        Grant(
            ("rds:RestoreDBInstanceToPointInTime",),
            (names.arn("rds", "auto-backup:*"),),
            "Amazon RDS chooses the ids of automated backups",
        ),
        *_mark(plan, names, "r"),
        Grant(("rds:RestoreDBInstanceToPointInTime",), _groups(names), _OF_THE_ACCOUNT),
        *_keys(names),
    ]


def restore_to_throw_away(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Make instances of a moment beside those of the plan, which are looked at and deleted."""
    return [
        Grant(("rds:RestoreDBInstanceToPointInTime",), _current(plan, names), "an instance beside the damaged one"),
        *_mark(plan, names, "r-s"),
        Grant(("rds:RestoreDBInstanceToPointInTime",), _groups(names), _OF_THE_ACCOUNT),
        *_keys(names),
    ]


def _mark(plan: Plan, names: ResourceNames, kind: str) -> list[Grant]:
    return [Grant(("rds:AddTagsToResource",), _made(plan, names, kind), "by its tags it is adopted, or deleted")]


def throw_away(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Delete what a search has restored, and nothing else: its name says so."""
    return [Grant(("rds:DeleteDBInstance",), _made(plan, names, "r-s"), "restored to be looked at and deleted")]


def keep_found(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Let the one live on that a search ends with: protected, and no longer marked as to be thrown away."""
    return [
        Grant(
            ("rds:ModifyDBInstance", "rds:RemoveTagsFromResource"),
            _made(plan, names, "r-s"),
            "it becomes the database",
        )
    ]


def rename_damaged(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Put a damaged instance aside under another name."""
    return [Grant(("rds:ModifyDBInstance",), _current(plan, names), "another name")]


def protect_successors(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Give what takes the place of a damaged instance its second zone and its backups."""
    return [Grant(("rds:ModifyDBInstance",), _successors(plan, names), "Multi-AZ, backups")]


def protect_restored(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Give what was restored from the other region's backups its second zone and its backups."""
    return [
        *see_restored(plan, names),
        Grant(("rds:ModifyDBInstance",), _made(plan, names, "r"), "Multi-AZ, backups"),
    ]


def replicate_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Put the replica of a damaged instance aside, and make one of the restored instance."""
    there = _peer(plan, names)
    return [
        Grant(("rds:ModifyDBInstance",), _planned(plan, there), "another name for the replica of the damaged one"),
        Grant(
            ("rds:CreateDBInstanceReadReplica",),
            (*_planned(plan, there), *_successors(plan, names)),
            "a new replica under the plan's name, of an instance that was restored here",
        ),
        Grant(("rds:AddTagsToResource",), _planned(plan, there), "it carries the tags of the one before it"),
        Grant(("rds:CreateDBInstanceReadReplica",), _groups(there), _OF_THE_ACCOUNT),
        Grant(
            ("rds:ModifyDBInstance",), (there.arn("rds", "pg:*"),), "the group of the one before it, given afterwards"
        ),
        *_keys(there),
    ]


def point_secrets_here(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Change where the secrets of this region lead; what else they hold is read and written back unchanged."""
    return [
        Grant(
            ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
            tuple(names.arn("secretsmanager", f"secret:{name}-??????") for name in _secrets(plan, names)),
            "the app's secrets and our own login; AWS appends six random characters to an ARN",
        )
    ]


def point_secrets_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """The same in the other region, whose secrets lead to the replica."""
    return point_secrets_here(plan, _peer(plan, names))


def ask_integrity(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask the function that speaks SQL."""
    function = names.arn("lambda", f"function:{names.function('keeper', 'ReadIntegrity')}")
    return [Grant(("lambda:InvokeFunction",), (function,), "it alone reaches the database")]


def ask_to_let_write(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask the function that speaks SQL to keep the application from writing, and to let it again."""
    function = names.arn("lambda", f"function:{names.function('database_restore', 'LetAppWrite')}")
    return [Grant(("lambda:InvokeFunction",), (function,), "the plan may want services to go on reading")]


def lease_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """The lease lies in the standby's table: work in the active region takes it there."""
    there = _peer(plan, names)
    return [
        Grant(
            ("dynamodb:GetItem", "dynamodb:PutItem"),
            (there.arn("dynamodb", f"table/{there.table}"),),
            "one lease for both regions",
        ),
        Grant(
            ("kms:Decrypt", "kms:GenerateDataKey"),
            (there.arn("kms", "key/*"),),
            "the other region's table is encrypted with its own key, whose id AWS chooses; the condition names it",
            {
                "StringEquals": {"kms:ViaService": f"dynamodb.{there.region}.amazonaws.com"},
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": there.key_alias},
            },
        ),
    ]


def _peer(plan: Plan, names: ResourceNames) -> ResourceNames:
    return ResourceNames(plan, plan.regions.peer_of(names.region))


def _current(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """Whatever may be the database: as planned, restored, or a delayed replica that was promoted."""
    return (*_planned(plan, names), *_successors(plan, names))


def _successors(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """By their prefix those restored, and delayed replicas."""
    return (*_made(plan, names, "r"), *delayed_replicas(plan, names))


def _planned(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    return tuple(names.instance(database.instances[names.region]) for database in plan.databases)


def _made(plan: Plan, names: ResourceNames, kind: str) -> tuple[str, ...]:
    return tuple(
        names.instance(f"{database.instances[names.region][:NAME_BASE]}-{kind}-*") for database in plan.databases
    )


def _evidence(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """Names end in the incident's own eight characters."""
    bases = (database.instances[names.region][:NAME_BASE] for database in plan.databases)
    return tuple(names.arn("rds", f"snapshot:{base}-evidence-*") for base in bases)


def _keys(names: ResourceNames) -> list[Grant]:
    """RDS makes an encrypted instance on behalf of who asks (RDS user guide, "Encrypting Amazon RDS resources")."""
    of_rds = {"StringEquals": {"kms:ViaService": f"rds.{names.region}.amazonaws.com"}}
    why = "the key of the database, of which the plan holds no name; only for what Amazon RDS does for us"
    return [
        Grant(("kms:DescribeKey",), (names.arn("kms", "key/*"),), why, of_rds),
        Grant(
            ("kms:CreateGrant",),
            (names.arn("kms", "key/*"),),
            why,
            {**of_rds, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def _groups(names: ResourceNames) -> tuple[str, ...]:
    return tuple(names.arn("rds", f"{kind}:*") for kind in ("subgrp", "pg", "og"))


def _secrets(plan: Plan, names: ResourceNames) -> list[str]:
    app = [secret.name for secret in plan.secrets if "DATABASE_URL" in secret.keys]
    return [*app, *(names.sql_secret(database.name) for database in plan.databases)]
