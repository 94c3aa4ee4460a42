"""What a GuardDuty finding says about whom, what and from where.

The content is untrusted, some of it written by the intruder: only values that look like ids are used, whatever shape
the rest has. Names of fields: GuardDuty API reference, "Resource" and "Action".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

_PRINCIPAL = re.compile(r"[A-Za-z0-9+=,.@_:/-]{1,128}")
_RESOURCE = re.compile(r"[A-Za-z0-9._:/-]{1,256}")
_MOST = 50
_DEPTH = 12
"""Levels of an action that are searched; GuardDuty's own have four, and a deeper one is no action."""
_REMOTE, _LOCAL = "remoteIpDetails", "localIpDetails"
_RESOURCES = (
    ("instanceDetails", "instanceId"),
    ("rdsDbInstanceDetails", "dbInstanceIdentifier"),
    ("s3BucketDetails", "name"),
    ("lambdaDetails", "functionArn"),
    ("ecsClusterDetails", "arn"),
    ("eksClusterDetails", "arn"),
    ("containerDetails", "id"),
    ("ebsSnapshotDetails", "snapshotArn"),
)


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """The value if it is text, else an empty one: a nested value is never formatted."""
    return value if isinstance(value, str) else ""


def principals(detail: dict[str, Any]) -> list[str]:
    """Users, roles and access keys, at most fifty."""
    resource = mapping(detail.get("resource"))
    key, user = mapping(resource.get("accessKeyDetails")), mapping(resource.get("rdsDbUserDetails"))
    return _ids((key.get("userName"), key.get("accessKeyId"), user.get("user")), _PRINCIPAL)


def resources(detail: dict[str, Any]) -> list[str]:
    """Ids of the affected resources, at most fifty."""
    resource = mapping(detail.get("resource"))
    return _ids(_resource_ids(resource), _RESOURCE)


def addresses(detail: dict[str, Any]) -> list[str]:
    """Every remote address of the action, at most fifty; never one that the finding itself says is ours.

    Both ends of a connection are told under the same names, ours under ``localIpDetails`` (GuardDuty API reference,
    "NetworkConnectionAction"): it may be public, and on a dual-stack task it is.
    """
    action = mapping(detail.get("service")).get("action")
    return sorted(set(_addresses(action, _REMOTE, _DEPTH)) - set(_own(detail)))[:_MOST]


def _own(detail: dict[str, Any]) -> Iterator[str]:
    """Our end of the connection, and the addresses of the instance that is concerned."""
    yield from _addresses(mapping(detail.get("service")).get("action"), _LOCAL, _DEPTH)
    interfaces = mapping(mapping(detail.get("resource")).get("instanceDetails")).get("networkInterfaces")
    for interface in map(mapping, interfaces if isinstance(interfaces, list) else []):
        more = interface.get("ipv6Addresses")
        for written in (interface.get("publicIp"), *(more if isinstance(more, list) else [])):
            yield from _address(text(written))


def _resource_ids(resource: dict[str, Any]) -> Iterator[Any]:
    for part, name in _RESOURCES:
        found = resource.get(part)
        for each in found if isinstance(found, list) else [found]:
            yield mapping(each).get(name)
    yield mapping(mapping(resource.get("ecsClusterDetails")).get("taskDetails")).get("arn")


def _ids(values: Any, shape: re.Pattern[str]) -> list[str]:
    return sorted({value for value in values if isinstance(value, str) and shape.fullmatch(value)})[:_MOST]


def _addresses(action: Any, end: str, depth: int) -> Iterator[str]:
    """Of one end of any kind of action, by the keys of GuardDuty's finding format."""
    named = [("", item) for item in action[:_MOST]] if isinstance(action, list) else mapping(action).items()
    for name, value in named:
        if name == end:
            yield from _address(text(mapping(value).get("ipAddressV4")))
            yield from _address(text(mapping(value).get("ipAddressV6")))
        elif depth > 1:
            yield from _addresses(value, end, depth - 1)


def _address(written: str) -> Iterator[str]:
    # A zone id behind the address ("fe80::1%...") is free text, and no address that comes from outside has one.
    if "%" in written:
        return
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return
    yield str(getattr(address, "ipv4_mapped", None) or address)
