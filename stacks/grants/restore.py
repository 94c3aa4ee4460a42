"""Bringing a database back: backups, snapshots, the instances an incident makes, and the secrets that lead there."""

from __future__ import annotations

from lyo_dr.model.names import Names
from lyo_dr.model.plan import Plan
from stacks.grants.delayed import delayed_replicas
from stacks.grants.grant import Grant

_OF_THE_ACCOUNT = "an instance is made with the groups its source has, whose names the plan does not hold"


def see_backups(plan: Plan, names: Names) -> list[Grant]:
    """Which moments and snapshots there are."""
    return [*see_windows(plan, names), *see_snapshots(plan, names)]


def see_windows(_: Plan, names: Names) -> list[Grant]:
    """Which moments there are."""
    return [
        Grant(
            ("rds:DescribeDBInstanceAutomatedBackups",),
            (names.arn("rds", "auto-backup:*"),),
            "Amazon RDS chooses the ids of automated backups",
        )
    ]


def see_snapshots(plan: Plan, names: Names) -> list[Grant]:
    """Which snapshots there are."""
    return [Grant(("rds:DescribeDBSnapshots",), _instances(plan, names), "the snapshots of these instances")]


def see_instances(plan: Plan, names: Names) -> list[Grant]:
    """See the plan's instances, and those incidents have made of them."""
    return [Grant(("rds:DescribeDBInstances",), _instances(plan, names), "is it there, ours, and available?")]


def see_peer_instances(plan: Plan, names: Names) -> list[Grant]:
    """The same in the other region."""
    return see_instances(plan, _peer(plan, names))


def take_snapshots(plan: Plan, names: Names) -> list[Grant]:
    """Take a snapshot of a damaged instance, and mark it."""
    return [
        Grant(
            ("rds:CreateDBSnapshot",),
            (*_instances(plan, names), *_evidence(plan, names)),
            "evidence, before anything is changed",
        ),
        Grant(("rds:AddTagsToResource",), _evidence(plan, names), "it carries the incident's tag"),
    ]


def restore_databases(plan: Plan, names: Names) -> list[Grant]:
    """Make instances beside those of the plan; none is changed or deleted by this."""
    return [
        Grant(
            ("rds:RestoreDBInstanceToPointInTime", "rds:RestoreDBInstanceFromDBSnapshot"),
            _instances(plan, names),
            "an instance beside the damaged one",
        ),
        Grant(
            ("rds:RestoreDBInstanceFromDBSnapshot",),
            (*_evidence(plan, names), *_automated(plan, names)),
            "of a snapshot, where no moment is good",
        ),
        Grant(
            ("rds:AddTagsToResource",), _made(plan, names, "r"), "it carries the incident's tag: only that is adopted"
        ),
        Grant(
            ("rds:RestoreDBInstanceToPointInTime", "rds:RestoreDBInstanceFromDBSnapshot"),
            _groups(names),
            _OF_THE_ACCOUNT,
        ),
    ]


def restore_from_backups(_: Plan, names: Names) -> list[Grant]:
    """Of backups of the other region's instances that are kept here."""
    return [
        Grant(
            ("rds:RestoreDBInstanceToPointInTime",),
            (names.arn("rds", "auto-backup:*"),),
            "Amazon RDS chooses the ids of automated backups",
        )
    ]


def restore_to_throw_away(plan: Plan, names: Names) -> list[Grant]:
    """Make instances of a moment beside those of the plan, which are looked at and deleted."""
    return [
        Grant(("rds:RestoreDBInstanceToPointInTime",), _instances(plan, names), "an instance beside the damaged one"),
        Grant(("rds:AddTagsToResource",), _made(plan, names, "r-s"), "it carries the tags by which it is deleted"),
        Grant(("rds:RestoreDBInstanceToPointInTime",), _groups(names), _OF_THE_ACCOUNT),
    ]


def throw_away(plan: Plan, names: Names) -> list[Grant]:
    """Delete what a search has restored, and nothing else: its name says so."""
    return [Grant(("rds:DeleteDBInstance",), _made(plan, names, "r-s"), "restored to be looked at and deleted")]


def keep_found(plan: Plan, names: Names) -> list[Grant]:
    """Let the one live on that a search ends with: protected, and no longer marked as to be thrown away."""
    return [
        Grant(
            ("rds:ModifyDBInstance", "rds:RemoveTagsFromResource"),
            _made(plan, names, "r-s"),
            "it becomes the database",
        )
    ]


def rename_databases(plan: Plan, names: Names) -> list[Grant]:
    """Put a damaged instance aside under another name; give a restored one its second zone."""
    return [Grant(("rds:ModifyDBInstance",), _instances(plan, names), "another name, Multi-AZ, backups")]


def replicate_in_peer(plan: Plan, names: Names) -> list[Grant]:
    """Put the replica of a damaged instance aside, and make one of the restored instance."""
    there = _peer(plan, names)
    return [
        *rename_databases(plan, there),
        Grant(
            ("rds:CreateDBInstanceReadReplica",),
            (*_planned(plan, there), *_made(plan, names, "r"), *delayed_replicas(plan, names)),
            "a new replica under the plan's name, of an instance that was restored here",
        ),
        Grant(("rds:AddTagsToResource",), _planned(plan, there), "it carries the tags of the one before it"),
        Grant(("rds:CreateDBInstanceReadReplica",), _groups(there), _OF_THE_ACCOUNT),
    ]


def point_secrets_here(plan: Plan, names: Names) -> list[Grant]:
    """Change where the secrets of this region lead; what else they hold is read and written back unchanged."""
    return [
        Grant(
            ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
            tuple(names.arn("secretsmanager", f"secret:{name}-??????") for name in _secrets(plan, names)),
            "the app's secrets and our own login; AWS appends six random characters to an ARN",
        )
    ]


def point_secrets_in_peer(plan: Plan, names: Names) -> list[Grant]:
    """The same in the other region, whose secrets lead to the replica."""
    return point_secrets_here(plan, _peer(plan, names))


def ask_integrity(_: Plan, names: Names) -> list[Grant]:
    """Ask the function that speaks SQL."""
    function = names.arn("lambda", f"function:{names.function('keeper', 'ReadIntegrity')}")
    return [Grant(("lambda:InvokeFunction",), (function,), "it alone reaches the database")]


def ask_to_let_write(_: Plan, names: Names) -> list[Grant]:
    """Ask the function that speaks SQL to keep the application from writing, and to let it again."""
    function = names.arn("lambda", f"function:{names.function('database_restore', 'LetAppWrite')}")
    return [Grant(("lambda:InvokeFunction",), (function,), "the plan may want services to go on reading")]


def lease_in_peer(plan: Plan, names: Names) -> list[Grant]:
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


def _peer(plan: Plan, names: Names) -> Names:
    return Names(plan, plan.regions.peer_of(names.region))


def _instances(plan: Plan, names: Names) -> tuple[str, ...]:
    """Those of the plan, by their prefix those made of them, and delayed replicas, which may become one."""
    made = (*_made(plan, names, "r"), *_made(plan, names, "damaged"))
    return (*_planned(plan, names), *made, *delayed_replicas(plan, names))


def _planned(plan: Plan, names: Names) -> tuple[str, ...]:
    return tuple(names.instance(database.instances[names.region]) for database in plan.databases)


def _made(plan: Plan, names: Names, kind: str) -> tuple[str, ...]:
    return tuple(names.instance(f"{database.instances[names.region][:44]}-{kind}-*") for database in plan.databases)


def _evidence(plan: Plan, names: Names) -> tuple[str, ...]:
    """Names end in the incident's own eight characters."""
    bases = (database.instances[names.region][:44] for database in plan.databases)
    return tuple(names.arn("rds", f"snapshot:{base}-evidence-*") for base in bases)


def _automated(plan: Plan, names: Names) -> tuple[str, ...]:
    """Amazon RDS names automated snapshots after their instance and the time."""
    identifiers = [arn.rpartition(":")[2] for arn in (*_planned(plan, names), *delayed_replicas(plan, names))]
    return tuple(names.arn("rds", f"snapshot:rds:{identifier}-*") for identifier in identifiers)


def _groups(names: Names) -> tuple[str, ...]:
    return tuple(names.arn("rds", f"{kind}:*") for kind in ("subgrp", "pg", "og"))


def _secrets(plan: Plan, names: Names) -> list[str]:
    app = [secret.name for secret in plan.secrets if "DATABASE_URL" in secret.keys]
    return [*app, *(names.sql_secret(database.name) for database in plan.databases)]
