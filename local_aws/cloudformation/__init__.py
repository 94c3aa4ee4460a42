"""CloudFormation resource types the emulator lacks, or stores where no other service reads them.

Each type is a pair of functions over the ordinary API, called through the endpoint as CloudFormation would call it.
"""

from local_aws.cloudformation import autoscaling, cloudwatch, ecs, events, rds, route53, secretsmanager
from local_aws.cloudformation.client import Kit, ResourceType

MODULES = (route53, cloudwatch, events, secretsmanager, rds, ecs, autoscaling)


def all_types(kit: Kit) -> dict[str, ResourceType]:
    """Return every type by its CloudFormation name."""
    types: dict[str, ResourceType] = {}
    for module in MODULES:
        types.update(module.types(kit))
    return types
