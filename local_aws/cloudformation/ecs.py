"""ECS: clusters, task definitions and services.

A service counts as created when ECS has accepted it; unlike CloudFormation on AWS it does not wait for a steady state,
because tasks may need what a later stack brings.
"""

from local_aws.cloudformation.client import Created, Kit, Properties, ResourceType


def types(kit: Kit) -> dict[str, ResourceType]:
    """Return the types of this module."""
    return {
        "AWS::ECS::Cluster": _cluster(kit),
        "AWS::ECS::TaskDefinition": _task_definition(kit),
        "AWS::ECS::Service": _service(kit),
    }


def _cluster(kit: Kit) -> ResourceType:
    def create(name: str, properties: Properties) -> Created:
        named = properties.get("ClusterName", name)
        request = {"settings": properties.get("ClusterSettings") or []}
        made = kit.call("ecs", "create_cluster", request, clusterName=named)["cluster"]
        return named, {"Arn": made["clusterArn"]}

    def delete(name: str, _properties: Properties) -> None:
        kit.quietly("ecs", "delete_cluster", cluster=name)

    return ResourceType(create, delete, lambda name, properties: create(name, {**properties, "ClusterName": name}))


def _task_definition(kit: Kit) -> ResourceType:
    def create(name: str, properties: Properties) -> Created:
        family = properties.get("Family", name)
        request = {member: value for member, value in properties.items() if member != "Tags"}
        made = kit.call("ecs", "register_task_definition", request, family=family)["taskDefinition"]
        return made["taskDefinitionArn"], {"TaskDefinitionArn": made["taskDefinitionArn"]}

    def delete(definition: str, _properties: Properties) -> None:
        kit.quietly("ecs", "deregister_task_definition", taskDefinition=definition)

    return ResourceType(create, delete, lambda _definition, properties: create(_family(_definition), properties))


def _family(definition: str) -> str:
    return definition.rsplit("/", 1)[-1].rsplit(":", 1)[0]


def _service(kit: Kit) -> ResourceType:
    def create(name: str, properties: Properties) -> Created:
        named = properties.get("ServiceName", name)
        request = {member: value for member, value in properties.items() if member not in ("Tags", "Role")}
        request.setdefault("DesiredCount", 1)
        made = kit.call("ecs", "create_service", request, serviceName=named)["service"]
        return made["serviceArn"], {"Name": named, "ServiceArn": made["serviceArn"]}

    def update(service: str, properties: Properties) -> Created:
        request = {member: value for member, value in properties.items() if member in _CHANGEABLE}
        kit.call("ecs", "update_service", request, service=service)
        return service, {"Name": service.rsplit("/", 1)[-1], "ServiceArn": service}

    def delete(service: str, properties: Properties) -> None:
        cluster = properties.get("Cluster", "default")
        kit.quietly("ecs", "update_service", cluster=cluster, service=service, desiredCount=0)
        kit.quietly("ecs", "delete_service", cluster=cluster, service=service, force=True)

    return ResourceType(create, delete, update)


_CHANGEABLE = ("Cluster", "DesiredCount", "TaskDefinition", "DeploymentConfiguration", "NetworkConfiguration")
