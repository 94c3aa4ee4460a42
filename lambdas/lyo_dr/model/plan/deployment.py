"""How the product's own resources are deployed: what a company asks of every stack in its accounts."""

from typing import Annotated, Literal

from msgspec import Meta

from lyo_dr.model.plan.kinds import KeyArn, PolicyArn, RegionName, RolePath, TagKey, TagValue
from lyo_dr.model.plan.part import PlanPart


class Deployment(PlanPart, frozen=True):
    """How the product's own resources are deployed. Everything is optional."""

    tags: Annotated[
        dict[TagKey, TagValue], Meta(description="Tags of every stack, and of every resource that takes tags.")
    ] = {}
    permissions_boundary: Annotated[
        PolicyArn | None, Meta(description="ARN of the managed policy that is the boundary of every role.")
    ] = None
    role_path: Annotated[RolePath, Meta(description="Path of every role, which begins and ends with a slash.")] = "/"
    log_retention_days: Annotated[
        # The values of CloudWatch Logs (API reference, PutRetentionPolicy).
        Literal[
            1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
        ],
        Meta(description="How long the logs of functions and state machines are kept; one of CloudWatch's values."),
    ] = 365
    keys: Annotated[
        dict[RegionName, KeyArn],
        Meta(
            description="ARN of your own KMS key for table, topics, queue, logs and replay files, by region; omitted: "
            "a key is created. Its policy must allow what docs/how-to/deploy.md lists."
        ),
    ] = {}
    secret_keys: Annotated[
        dict[RegionName, list[KeyArn]],
        Meta(
            description="ARNs of the KMS keys of your secrets, by region, where they are not encrypted with "
            "aws/secretsmanager. Steps that read or write a secret may use them through Secrets Manager only."
        ),
    ] = {}
