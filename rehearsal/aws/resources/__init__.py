"""CloudFormation resource types the emulator lacks, or keeps in a place where nobody looks.

Each type is a pair of functions over the ordinary API, called through the endpoint as CloudFormation would call it.
"""

from rehearsal.aws.resources import balancing, ecs, events, monitoring, rds, route53, secrets
from rehearsal.aws.resources.kit import Kit, ResourceType

MODULES = (route53, monitoring, events, secrets, rds, ecs, balancing)


def all_types(kit: Kit) -> dict[str, ResourceType]:
    """Return every type by its CloudFormation name."""
    types: dict[str, ResourceType] = {}
    for module in MODULES:
        types.update(module.types(kit))
    return types
