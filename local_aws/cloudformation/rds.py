"""RDS: instances and replicas, subnet groups, parameter groups."""

import time
from collections.abc import Mapping
from typing import Any

from local_aws.cloudformation.client import Created, Kit, Properties, ResourceType

DEADLINE_SECONDS = 180.0
_LOOK_EVERY_SECONDS = 0.3


class NotAvailableError(Exception):
    """A database did not become available in time; the message says in which status it stayed."""


def types(kit: Kit) -> dict[str, ResourceType]:
    """Return the types of this module."""
    return {
        "AWS::RDS::DBInstance": _instance(kit),
        "AWS::RDS::DBSubnetGroup": _subnet_group(kit),
        "AWS::RDS::DBParameterGroup": _parameter_group(kit),
    }


def _instance(kit: Kit) -> ResourceType:
    def create(name: str, properties: Properties) -> Created:
        identifier = str(properties.get("DBInstanceIdentifier", name)).lower()
        request = {**properties, "VpcSecurityGroupIds": properties.get("VPCSecurityGroups") or []}
        if properties.get("SourceDBInstanceIdentifier"):
            return identifier, attributes(_replica(kit, identifier, request))
        kit.call("rds", "create_db_instance", request, DBInstanceIdentifier=identifier)
        return identifier, attributes(_wait_available(kit, identifier))

    def update(identifier: str, properties: Properties) -> Created:
        request = {name: value for name, value in properties.items() if name not in _FIXED}
        if "VPCSecurityGroups" in properties:
            request["VpcSecurityGroupIds"] = properties["VPCSecurityGroups"]
        kit.call("rds", "modify_db_instance", request, DBInstanceIdentifier=identifier, ApplyImmediately=True)
        return identifier, attributes(_wait_available(kit, identifier))

    def delete(identifier: str, _properties: Properties) -> None:
        kit.quietly("rds", "delete_db_instance", DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)

    return ResourceType(create, delete, update)


def _replica(kit: Kit, identifier: str, request: dict[str, Any]) -> dict[str, Any]:
    """As CloudFormation makes one: its parameter group cannot be named in the call, so it is given and a restart made.

    In the provider's source (aws-cloudformation-resource-providers-rds): ``shouldUpdateAfterCreate``, ``shouldReboot``.
    """
    group = request.pop("DBParameterGroupName", None)
    kit.call("rds", "create_db_instance_read_replica", request, DBInstanceIdentifier=identifier)
    database = _wait_available(kit, identifier)
    if group is None:
        return database
    rds = kit.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier=identifier, DBParameterGroupName=group, ApplyImmediately=True)
    _wait_available(kit, identifier)
    rds.reboot_db_instance(DBInstanceIdentifier=identifier)
    return _wait_available(kit, identifier)


_FIXED = ("DBInstanceIdentifier", "Tags", "MasterUsername", "DBName", "Engine", "Port")


def attributes(database: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Fn::GetAtt knows of an instance."""
    endpoint = database.get("Endpoint") or {}
    return {
        "Endpoint.Address": endpoint.get("Address", ""),
        "Endpoint.Port": str(endpoint.get("Port", "")),
        "DBInstanceArn": database["DBInstanceArn"],
        "DbiResourceId": database.get("DbiResourceId", ""),
    }


def _wait_available(kit: Kit, identifier: str) -> dict[str, Any]:
    deadline = time.monotonic() + DEADLINE_SECONDS
    client = kit.client("rds")
    while True:
        database: dict[str, Any] = client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
        if database["DBInstanceStatus"] == "available":
            return database
        if time.monotonic() > deadline:
            status = database["DBInstanceStatus"]
            raise NotAvailableError(f"{identifier} is still {status} after {DEADLINE_SECONDS:.0f} s")
        time.sleep(_LOOK_EVERY_SECONDS)


def _subnet_group(kit: Kit) -> ResourceType:
    def create(name: str, properties: Properties) -> Created:
        named = str(properties.get("DBSubnetGroupName", name)).lower()
        kit.call("rds", "create_db_subnet_group", properties, DBSubnetGroupName=named)
        return named, {}

    def delete(name: str, _properties: Properties) -> None:
        kit.quietly("rds", "delete_db_subnet_group", DBSubnetGroupName=name)

    return ResourceType(create, delete, lambda name, _properties: (name, {}))


def _parameter_group(kit: Kit) -> ResourceType:
    def create(name: str, properties: Properties) -> Created:
        named = str(properties.get("DBParameterGroupName", name)).lower()
        request = {**properties, "DBParameterGroupFamily": properties.get("Family")}
        kit.call("rds", "create_db_parameter_group", request, DBParameterGroupName=named)
        _set_parameters(kit, named, properties)
        return named, {"DBParameterGroupName": named}

    def update(name: str, properties: Properties) -> Created:
        _set_parameters(kit, name, properties)
        return name, {"DBParameterGroupName": name}

    def delete(name: str, _properties: Properties) -> None:
        kit.quietly("rds", "delete_db_parameter_group", DBParameterGroupName=name)

    return ResourceType(create, delete, update)


def _set_parameters(kit: Kit, name: str, properties: Properties) -> None:
    chosen = [
        {"ParameterName": key, "ParameterValue": str(value), "ApplyMethod": "pending-reboot"}
        for key, value in (properties.get("Parameters") or {}).items()
    ]
    if chosen:
        kit.client("rds").modify_db_parameter_group(DBParameterGroupName=name, Parameters=chosen)
