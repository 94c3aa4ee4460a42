"""The evidence stack: its key, the bucket nobody can delete from, and the machines that write to it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.constructs.nag import acknowledge
from stacks.process import ProcessStack
from stacks.site import Site

EVIDENCE = ("preserve_breach", "finish_evidence")
"""The processes that write evidence; their roles alone may encrypt with its key."""

# Not kms:CreateGrant: with it, an administrator could gain decryption without changing the key policy.
_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:Revoke*",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)


class PreserveBreach(ProcessStack):
    """In both regions: evidence is stored where the incident is handled."""

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(scope, site, "preserve_breach", EVIDENCE, key)
        self._site = site
        self._bucket(self._key())

    def _key(self) -> kms.Key:
        """A key of its own: the region's key serves logs and the table, and many roles may use it."""
        return kms.Key(
            self,
            "EvidenceKey",
            alias=self._site.names.evidence_key_alias,
            description="Evidence of breaches: who preserves may encrypt, readers of the plan may decrypt",
            enable_key_rotation=True,
            policy=iam.PolicyDocument(statements=self._who_may_use_it()),
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )

    def _who_may_use_it(self) -> list[iam.PolicyStatement]:
        """The account may administer it, but IAM policies alone grant no use: the app's role cannot decrypt."""
        site, names = self._site, self._site.names
        roles = {
            step: names.role_arn(process, step) for process in EVIDENCE for step in sorted(site.sources.steps(process))
        }
        statements = [
            self._account("TheAccountAdministers", list(_ADMINISTRATION)),
            # ExportLogs, too: who calls CreateExportTask has to be allowed to write to the bucket.
            self._account("WhoPreservesEncrypts", ["kms:GenerateDataKey"], list(roles.values())),
            self._account("WhatWasExportedIsHashed", ["kms:Decrypt"], [roles["ExportLogs"]]),
            iam.PolicyStatement(
                sid="LogExportsEncrypt",
                principals=[iam.ServicePrincipal(f"logs.{site.region}.amazonaws.com")],
                actions=["kms:GenerateDataKey", "kms:Decrypt"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": site.plan.account}},
            ),
        ]
        if site.plan.evidence.readers:
            statements.append(self._account("ReadersDecrypt", ["kms:Decrypt"], site.plan.evidence.readers))
        return statements

    def _account(self, sid: str, actions: list[str], roles: list[str] | None = None) -> iam.PolicyStatement:
        # The account with a condition, not the roles: a policy that names a missing principal is refused.
        return iam.PolicyStatement(
            sid=sid,
            principals=[iam.AccountRootPrincipal()],
            actions=actions,
            resources=["*"],
            conditions={"ArnLike": {"aws:PrincipalArn": roles}} if roles else None,
        )

    def _bucket(self, key: kms.Key) -> None:
        names = self._site.names
        bucket = s3.Bucket(
            self,
            "Evidence",
            bucket_name=names.evidence_bucket,
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.governance(
                cdk.Duration.days(self._site.plan.evidence.retention_days)
            ),
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        for statement in (*self._exports_are_delivered(bucket), self._nobody_here_deletes(bucket)):
            bucket.add_to_resource_policy(statement)
        acknowledge(
            bucket,
            {"AwsSolutions-S1": "reads are logged by a trail with data events, where the account has one"},
        )

    def _exports_are_delivered(self, bucket: s3.Bucket) -> list[iam.PolicyStatement]:
        """As CloudWatch Logs requires (user guide, "Exporting log data to Amazon S3")."""
        site = self._site
        conditions = {
            "StringEquals": {"aws:SourceAccount": site.plan.account},
            "ArnLike": {"aws:SourceArn": site.names.arn("logs", "log-group:*")},
        }
        service = iam.ServicePrincipal(f"logs.{site.region}.amazonaws.com")
        return [
            iam.PolicyStatement(
                sid="LogExportsSeeTheBucket",
                principals=[service],
                actions=["s3:GetBucketAcl"],
                resources=[bucket.bucket_arn],
                conditions=conditions,
            ),
            iam.PolicyStatement(
                sid="LogExportsWrite",
                principals=[service],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects("*")],
                conditions=conditions,
            ),
        ]

    def _nobody_here_deletes(self, bucket: s3.Bucket) -> iam.PolicyStatement:
        """Applies to everybody in the account: to delete, the bucket policy has to be changed first."""
        return iam.PolicyStatement(
            sid="NobodyDeletesOrShortensRetention",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            resources=[bucket.arn_for_objects("*")],
        )
