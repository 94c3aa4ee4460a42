"""Buckets with object lock in a template.

Upstream locks objects in buckets made by ``CreateBucket``, but CloudFormation's bucket is made without its lock, and
everything in it can be deleted. AWS turns versioning on with the lock, and the default retention applies to every
version that is put (CloudFormation user guide, AWS::S3::Bucket; S3 user guide, "Locking objects with Object Lock").
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    "ministack.services.s3:_bucket_object_lock",
    "ministack.services.s3:_bucket_versioning",
)

_TYPE = "AWS::S3::Bucket"


def apply(_world: PatchContext) -> None:
    """Lock what the template says is locked, when it is created and when it is updated."""
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    create: Callable[..., Any] = handlers["create"]
    update: Callable[..., Any] = handlers["update"]

    def create_locked(logical_id: str, properties: Mapping[str, Any], stack: str) -> Any:
        made = create(logical_id, properties, stack)
        _lock(made[0], properties)
        return made

    def update_locked(physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any], stack: str) -> Any:
        made = update(physical_id, old, new, stack)
        _lock(made[0], new)
        return made

    provisioners._RESOURCE_HANDLERS[_TYPE] = {**handlers, "create": create_locked, "update": update_locked}


def _lock(bucket: str, properties: Mapping[str, Any]) -> None:
    if str(properties.get("ObjectLockEnabled", "")).lower() != "true":
        return
    rule = properties.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention")
    retention = None
    if rule:
        retention = {"Mode": rule["Mode"], **{unit: int(rule[unit]) for unit in ("Days", "Years") if unit in rule}}
    s3._bucket_object_lock[bucket] = {"enabled": True, "default_retention": retention}
    s3._bucket_versioning[bucket] = "Enabled"
