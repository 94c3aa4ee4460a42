"""The bucket of replay files: users' rows, encrypted, versioned, not public, and expiring."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.constructs.nag import acknowledge
from stacks.site import Site


def ledger_bucket(scope: Construct, site: Site, key: kms.IKey) -> s3.Bucket:
    """Kept as long as the damaged instance its rows come from; old versions no longer."""
    days = cdk.Duration.days(max((d.restore.keep_damaged_days for d in site.plan.databases), default=7))
    bucket = s3.Bucket(
        scope,
        "Ledger",
        bucket_name=site.names.ledger_bucket,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                id="AsLongAsTheDamagedInstance",
                expiration=days,
                noncurrent_version_expiration=cdk.Duration.days(1),
                abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
            )
        ],
        removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    acknowledge(
        bucket,
        {"AwsSolutions-S1": "two functions use it, and CloudTrail records both; access logs would need another bucket"},
    )
    return bucket
