"""Restoring a database: snapshots, the instances an incident makes, and the secrets that point to them."""

from __future__ import annotations

from lyo_dr.model.plan import Plan, name_base
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.app_secrets import arn_of, arns_of
from stacks.grants.grant import Grant
from stacks.grants.instances import current, describe_restored, made, peer_of, replicas, successors

_OF_THE_ACCOUNT = "an instance is made with the groups its source has, whose names the plan does not hold"


def take_snapshots(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Take a snapshot of a damaged instance, and tag it."""
    return [
        Grant(
            ("rds:CreateDBSnapshot",),
            (*current(plan, names), *_evidence(plan, names)),
            "snapshot as evidence, before anything is changed",
        ),
        Grant(("rds:AddTagsToResource",), _evidence(plan, names), "tagged with the incident"),
    ]


def restore_instances(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Restore to new instances next to those of the plan; this changes or deletes none."""
    return [
        Grant(("rds:RestoreDBInstanceToPointInTime",), current(plan, names), "a new instance next to the damaged one"),
        Grant(
            ("rds:RestoreDBInstanceFromDBSnapshot",),
            (*made(plan, names, "r"), names.arn("rds", "snapshot:*")),
            "where no recovery point is good, or an operator names a snapshot: any of theirs, whatever its name",
        ),
        *_mark(plan, names, "r"),
        Grant(
            ("rds:RestoreDBInstanceToPointInTime", "rds:RestoreDBInstanceFromDBSnapshot"),
            _groups(names),
            _OF_THE_ACCOUNT,
        ),
        *_keys(names),
    ]


def restore_replicated_backups(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Restore new instances from backups replicated from the other region."""
    return [
        Grant(("rds:RestoreDBInstanceToPointInTime",), made(plan, names, "r"), "a new instance next to the replica"),
        Grant(
            ("rds:RestoreDBInstanceToPointInTime",),
            (names.arn("rds", "auto-backup:*"),),
            "Amazon RDS chooses the ids of automated backups",
        ),
        *_mark(plan, names, "r"),
        Grant(("rds:RestoreDBInstanceToPointInTime",), _groups(names), _OF_THE_ACCOUNT),
        *_keys(names),
    ]


def restore_probes(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Restore throwaway instances, which are checked and deleted."""
    return [
        Grant(("rds:RestoreDBInstanceToPointInTime",), current(plan, names), "a new instance next to the damaged one"),
        *_mark(plan, names, "r-s"),
        Grant(("rds:RestoreDBInstanceToPointInTime",), _groups(names), _OF_THE_ACCOUNT),
        *_keys(names),
    ]


def _mark(plan: Plan, names: ResourceNames, kind: str) -> list[Grant]:
    return [
        Grant(("rds:AddTagsToResource",), made(plan, names, kind), "its tags tell whether it is resumed or deleted")
    ]


def delete_probes(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Delete the throwaway instances of a search, and nothing else, by the prefix of their names."""
    return [Grant(("rds:DeleteDBInstance",), made(plan, names, "r-s"), "throwaway instance of a search")]


def keep_probe(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Keep the instance a search ends with: deletion protection on, tag of throwaway instances removed."""
    return [
        Grant(
            ("rds:ModifyDBInstance", "rds:RemoveTagsFromResource"),
            made(plan, names, "r-s"),
            "it becomes the database",
        )
    ]


def rename_damaged(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Rename a damaged instance."""
    return [Grant(("rds:ModifyDBInstance",), current(plan, names), "another name")]


def protect_successors(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Enable Multi-AZ and backups on what replaces a damaged instance."""
    return [Grant(("rds:ModifyDBInstance",), successors(plan, names), "Multi-AZ, backups")]


def protect_restored(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Enable Multi-AZ and backups on what was restored from the other region's backups."""
    return [
        *describe_restored(plan, names),
        Grant(("rds:ModifyDBInstance",), made(plan, names, "r"), "Multi-AZ, backups"),
    ]


def replicate_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Rename the replica of a damaged instance, and create one of the restored instance."""
    there = peer_of(plan, names)
    return [
        Grant(("rds:ModifyDBInstance",), replicas(plan, there), "renames the replica of the damaged instance"),
        Grant(
            ("rds:RebootDBInstance",), replicas(plan, there), "the parameter group of a new replica comes into force"
        ),
        Grant(
            ("rds:CreateDBInstanceReadReplica",),
            (*replicas(plan, there), *successors(plan, names)),
            "a new replica under the plan's name, of an instance that was restored here",
        ),
        Grant(("rds:AddTagsToResource",), replicas(plan, there), "takes over the tags of its predecessor"),
        Grant(("rds:CreateDBInstanceReadReplica",), _groups(there), _OF_THE_ACCOUNT),
        Grant(
            ("rds:ModifyDBInstance",),
            (there.arn("rds", "pg:*"),),
            "the parameter group of its predecessor, set afterwards",
        ),
        *_keys(there),
    ]


def point_secrets(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Point the secrets of this region to another instance; the rest of each secret is written back unchanged."""
    return [
        Grant(
            ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
            _secrets(plan, names),
            "the app's secrets and our own login; AWS appends six random characters to an ARN",
        )
    ]


def point_secrets_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Point the secrets of the other region to the replica."""
    return point_secrets(plan, peer_of(plan, names))


def invoke_let_app_write(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL function that revokes and restores the application's write access."""
    function = names.arn("lambda", f"function:{names.function('database_restore', 'LetAppWrite')}")
    return [
        Grant(
            ("lambda:InvokeFunction",),
            (function,),
            "revokes and restores write access; the plan may keep services reading",
        )
    ]


def _evidence(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """Names end in the incident's own eight characters."""
    bases = (name_base(database.instance_in(names.region)) for database in plan.databases_in(names.region))
    return tuple(names.arn("rds", f"snapshot:{base}-evidence-*") for base in bases)


def _keys(names: ResourceNames) -> list[Grant]:
    """RDS makes an encrypted instance on behalf of who asks (RDS user guide, "Encrypting Amazon RDS resources")."""
    of_rds = {"StringEquals": {"kms:ViaService": f"rds.{names.region}.amazonaws.com"}}
    why = "the database's key, which the plan does not name; only through Amazon RDS"
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


def _secrets(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    own = (arn_of(names.sql_secret(database.name), names) for database in plan.databases_in(names.region))
    return (*arns_of(plan.with_logins(), names), *own)
