"""AWS::Events::EventBusPolicy."""

import json

from local_aws.cloudformation.client import Created, Kit, Properties, ResourceType


def types(kit: Kit) -> dict[str, ResourceType]:
    """Return the types of this module."""

    def put(_name: str, properties: Properties) -> Created:
        statement = {**properties["Statement"], "Sid": properties["StatementId"]}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        bus = properties.get("EventBusName", "default")
        kit.client("events").put_permission(EventBusName=bus, Policy=policy)
        return f"{bus}|{properties['StatementId']}", {}

    def delete(policy_id: str, _properties: Properties) -> None:
        bus, _, statement = policy_id.partition("|")
        kit.quietly("events", "remove_permission", EventBusName=bus, StatementId=statement)

    return {
        "AWS::Events::EventBusPolicy": ResourceType(put, delete, lambda _policy_id, properties: put("", properties))
    }
