"""The key a plan names for a region, instead of one that is created."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.site import Site


def own_key(scope: Construct, site: Site) -> kms.IKey | None:
    """The plan's key in this region; None where it names none.

    Nothing is added to its policy, which belongs to whoever manages the key (docs/how-to/deploy.md).
    """
    arn = site.plan.deployment.keys.get(site.region)
    return None if arn is None else kms.Key.from_key_arn(scope, "Key", arn)
