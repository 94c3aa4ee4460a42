"""Preserving a breach: looking at everything, writing into one bucket, deleting nothing."""

from __future__ import annotations

from lyo_dr.model.names import Names
from lyo_dr.model.plan import Plan
from stacks.grants.grant import Grant
from stacks.grants.services import watch_here


def put_evidence(_: Plan, names: Names) -> list[Grant]:
    """Put files into the bucket of evidence; none can be deleted, and no retention shortened."""
    return [
        Grant(
            ("s3:PutObject",),
            (f"arn:aws:s3:::{names.evidence_bucket}/*",),
            "files of evidence; each incident has a folder of its own",
        ),
        use_evidence_key(names, "kms:GenerateDataKey"),
    ]


def use_evidence_key(names: Names, *actions: str) -> Grant:
    """The key of evidence, used by Amazon S3 in the caller's name."""
    return Grant(
        actions,
        (names.arn("kms", "key/*"),),
        "AWS chooses the id of the key; the conditions leave the key of our alias, used by Amazon S3",
        {
            "StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"},
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.evidence_key_alias},
        },
    )


def see_tasks(plan: Plan, names: Names) -> list[Grant]:
    """See the services of the plan, their tasks, and what these were made from."""
    return [
        *watch_here(plan, names),
        Grant(
            ("ecs:DescribeTaskDefinition",), ("*",), "Amazon ECS offers no resource for describing a task definition"
        ),
    ]


def see_versions(plan: Plan, names: Names) -> list[Grant]:
    """List the versions of the plan's secrets; no value can be read."""
    secrets = tuple(names.arn("secretsmanager", f"secret:{secret.name}-??????") for secret in plan.secrets)
    if not secrets:
        return []
    return [
        Grant(
            ("secretsmanager:ListSecretVersionIds",),
            secrets,
            "ids, labels and dates; AWS appends six random characters to the ARN of a secret",
        )
    ]
