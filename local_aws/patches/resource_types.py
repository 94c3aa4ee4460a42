"""CloudFormation types that upstream does not know or creates where nothing is real.

Upstream rejects a template with a health check, a composite alarm, a bus policy or a scalable target, and creates
secrets, databases and services in its own tables instead of where their APIs are served. The types of
``local_aws.cloudformation`` take their place. They call the endpoint, so they run on a worker thread: a call from the
event loop to itself would wait for ever.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

from local_aws.cloudformation import all_types
from local_aws.cloudformation.client import Kit, ResourceType
from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    "ministack.services.cloudformation.provisioners:_physical_name",
    "ministack.services.cloudformation.stacks:_runs_on_worker_thread",
)

_LONGEST_NAME = 60


def apply(context: PatchContext) -> None:
    """Register the types and move them to a worker thread."""
    types = all_types(Kit(context.settings.endpoint))
    for name, resource_type in types.items():
        provisioners._RESOURCE_HANDLERS[name] = _handler(resource_type)
    on_worker = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in types or on_worker(name)


def _handler(resource_type: ResourceType) -> dict[str, Any]:
    def create(logical_id: str, properties: Mapping[str, Any], stack: str) -> Any:
        return resource_type.create(provisioners._physical_name(stack, logical_id, max_len=_LONGEST_NAME), properties)

    def update(physical_id: str, _old: Mapping[str, Any], new: Mapping[str, Any], _stack: str) -> Any:
        return (resource_type.update or resource_type.create)(physical_id, new)

    return {"create": create, "update": update, "delete": resource_type.delete}
