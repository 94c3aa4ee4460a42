"""Preserving a breach: looking at everything, writing into one bucket, deleting nothing."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant
from stacks.grants.services import watch_here


def put_evidence(_: Plan, names: ResourceNames) -> list[Grant]:
    """Put files into the bucket of evidence; none can be deleted, and no retention shortened."""
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
        "AWS chooses the id of the key; the conditions leave the key of our alias, used by Amazon S3",
        {
            "StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"},
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.evidence_key_alias},
        },
    )


def see_tasks(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See the services of the plan, their tasks, and what these were made from."""
    return [
        *watch_here(plan, names),
        Grant(
            ("ecs:DescribeTaskDefinition",), ("*",), "Amazon ECS offers no resource for describing a task definition"
        ),
    ]


def see_versions(plan: Plan, names: ResourceNames) -> list[Grant]:
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


def see_actions(_: Plan, __: ResourceNames) -> list[Grant]:
    """Look up what suspects did, in every region: which, a breach shows."""
    return [Grant(("cloudtrail:LookupEvents",), ("*",), "AWS CloudTrail offers no resource for looking up events")]


def see_trail(plan: Plan, _: ResourceNames) -> list[Grant]:
    """See whether the plan's trail still records."""
    if plan.evidence.trail is None:
        return []
    why = "the trail may belong to the organisation and lie in another account: the plan has its name only"
    return [Grant(("cloudtrail:GetTrailStatus",), ("*",), why)]


def see_requests(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the plan's web ACL, and the requests sampled there."""
    name = plan.breach.web_acls.get(names.region) if plan.breach else None
    if name is None:
        return []
    return [
        Grant(("wafv2:ListWebACLs",), ("*",), "AWS WAF offers no resource for the list that tells the id"),
        Grant(
            ("wafv2:GetSampledRequests", "wafv2:GetWebACL"),
            (names.arn("wafv2", f"regional/webacl/{name}/*"),),
            "what AWS WAF has kept samples of; it chooses the id of the web ACL",
        ),
    ]


def read_logs(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the log groups of the plan."""
    groups = _groups(plan, names)
    return [Grant(("logs:FilterLogEvents",), groups, "the fresh window of these log groups")] if groups else []


def export_logs(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Export the log groups of the plan; see which exports are under way, whoever began them."""
    groups = _groups(plan, names)
    if not groups:
        return []
    return [
        Grant(("logs:CreateExportTask",), groups, "into the bucket of evidence"),
        Grant(
            ("logs:DescribeExportTasks",),
            ("*",),
            "one export at a time in the whole account: Amazon CloudWatch Logs offers no resource for listing them",
        ),
    ]


def read_evidence(_: Plan, names: ResourceNames) -> list[Grant]:
    """Read what an export has written, to put its hashes into the manifest."""
    bucket = f"arn:aws:s3:::{names.evidence_bucket}"
    return [
        Grant(("s3:ListBucket",), (bucket,), "which files an export has written"),
        Grant(("s3:GetObject",), (f"{bucket}/*",), "their hashes; each incident has a folder of its own"),
        use_evidence_key(names, "kms:Decrypt"),
    ]


def _groups(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    found = plan.evidence.log_groups.get(names.region, [])
    return tuple(names.arn("logs", f"log-group:{group}:*") for group in found)
