"""AWS::Route53::HealthCheck."""

import uuid
from typing import Any

from local_aws.cloudformation.client import Created, Kit, Properties, ResourceType, fit


def types(kit: Kit) -> dict[str, ResourceType]:
    """Return the types of this module."""

    def config(properties: Properties) -> Any:
        shape = kit.client("route53").meta.service_model.shape_for("HealthCheckConfig")
        return fit(shape, properties["HealthCheckConfig"])

    def create(name: str, properties: Properties) -> Created:
        reference = f"{name[:40]}-{uuid.uuid4().hex[:12]}"
        made = kit.client("route53").create_health_check(
            CallerReference=reference, HealthCheckConfig=config(properties)
        )
        check_id = made["HealthCheck"]["Id"]
        return check_id, {"HealthCheckId": check_id}

    def update(check_id: str, properties: Properties) -> Created:
        kit.call("route53", "update_health_check", properties["HealthCheckConfig"], HealthCheckId=check_id)
        return check_id, {"HealthCheckId": check_id}

    def delete(check_id: str, _properties: Properties) -> None:
        kit.quietly("route53", "delete_health_check", HealthCheckId=check_id)

    return {"AWS::Route53::HealthCheck": ResourceType(create, delete, update)}
