"""Evidence of a breach: read everything, write to one bucket, delete nothing."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.app_secrets import arns_of
from stacks.grants.grant import Grant
from stacks.grants.services import describe_with_tasks


def write(_: Plan, names: ResourceNames) -> list[Grant]:
    """Write files to the evidence bucket; none can be deleted, and no retention shortened."""
    return [
        Grant(
            ("s3:PutObject",),
            (f"arn:aws:s3:::{names.evidence_bucket}/*",),
            "files of evidence; each incident has a folder of its own",
        ),
        use_evidence_key(names, "kms:GenerateDataKey"),
    ]


def use_evidence_key(names: ResourceNames, *actions: str) -> Grant:
    """The key of evidence, used by Amazon S3 in the caller's name."""
    return Grant(
        actions,
        (names.arn("kms", "key/*"),),
        "AWS chooses the id of the key; the conditions allow only our alias, used by Amazon S3",
        {
            "StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"},
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.evidence_key_alias},
        },
    )


def describe_tasks(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the services of the plan, their tasks and task definitions."""
    return [
        *describe_with_tasks(plan, names),
        Grant(
            ("ecs:DescribeTaskDefinition",),
            ("*",),
            "Amazon ECS has no resource-level permission for describing a task definition",
        ),
    ]


def describe_versions(plan: Plan, names: ResourceNames) -> list[Grant]:
    """List the versions of the plan's secrets; no value can be read."""
    secrets = arns_of(plan.secrets, names)
    if not secrets:
        return []
    return [
        Grant(
            ("secretsmanager:ListSecretVersionIds",),
            secrets,
            "ids, labels and dates; AWS appends six random characters to the ARN of a secret",
        )
    ]


def read_actions(_: Plan, __: ResourceNames) -> list[Grant]:
    """Look up actions of suspects in CloudTrail, in any region."""
    return [
        Grant(
            ("cloudtrail:LookupEvents",),
            ("*",),
            "AWS CloudTrail has no resource-level permission for looking up events",
        )
    ]


def describe_trail(plan: Plan, _: ResourceNames) -> list[Grant]:
    """Read the logging status of the plan's trail."""
    if plan.evidence.trail is None:
        return []
    why = "the trail may belong to the organisation and to another account: the plan has its name only"
    return [Grant(("cloudtrail:GetTrailStatus",), ("*",), why)]


def read_requests(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the plan's web ACL, and the requests sampled there."""
    name = plan.breach.web_acls.get(names.region) if plan.breach else None
    if name is None:
        return []
    return [
        Grant(
            ("wafv2:ListWebACLs",),
            ("*",),
            "AWS WAF has no resource-level permission for listing; the list gives the id",
        ),
        Grant(
            ("wafv2:GetSampledRequests", "wafv2:GetWebACL"),
            (names.arn("wafv2", f"regional/webacl/{name}/*"),),
            "requests sampled by AWS WAF, which chooses the id of the web ACL",
        ),
    ]


def read_logs(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the log groups of the plan."""
    groups = _groups(plan, names)
    return [Grant(("logs:FilterLogEvents",), groups, "the most recent part of these log groups")] if groups else []


def export_logs(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Export the log groups of the plan, and list running exports, including those of others."""
    groups = _groups(plan, names)
    if not groups:
        return []
    return [
        Grant(("logs:CreateExportTask",), groups, "into the bucket of evidence"),
        Grant(
            ("s3:PutObject",),
            (f"arn:aws:s3:::{names.evidence_bucket}/*/exports/*",),
            "CreateExportTask requires that its caller may write to the bucket; each incident has a folder of its own",
        ),
        Grant(
            ("logs:DescribeExportTasks",),
            ("*",),
            "an account runs one export at a time; Amazon CloudWatch Logs lists them without resource",
        ),
    ]


def read(_: Plan, names: ResourceNames) -> list[Grant]:
    """Read exported files, to record their hashes in the manifest; the key also for writing, as an export requires."""
    bucket = f"arn:aws:s3:::{names.evidence_bucket}"
    return [
        Grant(("s3:ListBucket",), (bucket,), "which files an export has written"),
        Grant(("s3:GetObject",), (f"{bucket}/*",), "their hashes; each incident has a folder of its own"),
        use_evidence_key(names, "kms:Decrypt", "kms:GenerateDataKey"),
    ]


def _groups(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    found = plan.evidence.log_groups.get(names.region, [])
    return tuple(names.arn("logs", f"log-group:{group}:*") for group in found)
