"""Secrets Manager: secrets with replicas, their attachment to a database, rotation and resource policies."""

import json
from typing import Any

from local_aws.cloudformation.client import Created, Kit, Properties, ResourceType

_SERVICE = "secretsmanager"


def types(kit: Kit) -> dict[str, ResourceType]:
    """Return the types of this module."""
    return {
        "AWS::SecretsManager::Secret": _secret(kit),
        "AWS::SecretsManager::SecretTargetAttachment": _attachment(kit),
        "AWS::SecretsManager::RotationSchedule": _rotation(kit),
        "AWS::SecretsManager::ResourcePolicy": _policy(kit),
    }


def _secret(kit: Kit) -> ResourceType:
    def create(name: str, properties: Properties) -> Created:
        request = {"Name": name, **properties, "AddReplicaRegions": properties.get("ReplicaRegions")}
        if (generate := properties.get("GenerateSecretString")) is not None:
            request["SecretString"] = _generated(kit, generate)
        made = kit.call(_SERVICE, "create_secret", request)
        return made["ARN"], {"Id": made["ARN"]}

    def update(secret_arn: str, properties: Properties) -> Created:
        members = {name: properties.get(name) for name in ("Description", "KmsKeyId", "SecretString")}
        kit.call(_SERVICE, "update_secret", members, SecretId=secret_arn)
        return secret_arn, {"Id": secret_arn}

    def delete(secret_arn: str, _properties: Properties) -> None:
        kit.quietly(_SERVICE, "delete_secret", SecretId=secret_arn, ForceDeleteWithoutRecovery=True)

    return ResourceType(create, delete, update)


def _generated(kit: Kit, generate: Properties) -> str:
    password = kit.call(_SERVICE, "get_random_password", generate)["RandomPassword"]
    if "SecretStringTemplate" not in generate:
        return str(password)
    return json.dumps({**json.loads(generate["SecretStringTemplate"]), generate["GenerateStringKey"]: password})


def _attachment(kit: Kit) -> ResourceType:
    def create(_name: str, properties: Properties) -> Created:
        secret = properties["SecretId"]
        target = properties["TargetId"]
        databases = kit.client("rds").describe_db_instances(DBInstanceIdentifier=target)["DBInstances"]
        client = kit.client(_SERVICE)
        value: dict[str, Any] = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
        value.update(connection(databases[0]))
        client.put_secret_value(SecretId=secret, SecretString=json.dumps(value))
        return secret, {}

    return ResourceType(create, _nothing, lambda _secret_id, properties: create("", properties))


def connection(database: Properties) -> dict[str, Any]:
    """Return what CloudFormation adds to a secret it attaches to a database."""
    endpoint = database.get("Endpoint") or {}
    return {
        "engine": database.get("Engine"),
        "host": endpoint.get("Address"),
        "port": endpoint.get("Port"),
        "dbname": database.get("DBName"),
        "dbInstanceIdentifier": database.get("DBInstanceIdentifier"),
    }


def _rotation(kit: Kit) -> ResourceType:
    def put(_name: str, properties: Properties) -> Created:
        request = {name: value for name, value in properties.items() if name != "RotateImmediatelyOnUpdate"}
        kit.call(_SERVICE, "rotate_secret", request, RotateImmediately=False)
        return properties["SecretId"], {}

    def delete(secret: str, _properties: Properties) -> None:
        kit.quietly(_SERVICE, "cancel_rotate_secret", SecretId=secret)

    return ResourceType(put, delete, put)


def _policy(kit: Kit) -> ResourceType:
    def put(_name: str, properties: Properties) -> Created:
        document = json.dumps(properties["ResourcePolicy"])
        kit.client(_SERVICE).put_resource_policy(SecretId=properties["SecretId"], ResourcePolicy=document)
        return properties["SecretId"], {}

    def delete(secret: str, _properties: Properties) -> None:
        kit.quietly(_SERVICE, "delete_resource_policy", SecretId=secret)

    return ResourceType(put, delete, put)


def _nothing(_physical_id: str, _properties: Properties) -> None:
    """Leave things as they are: deleting the attachment deletes nothing."""
