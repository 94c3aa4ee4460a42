"""AWS::ApplicationAutoScaling::ScalableTarget and ScalingPolicy."""

from local_aws.cloudformation.client import Created, Kit, Properties, ResourceType

_SERVICE = "application-autoscaling"
_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def types(kit: Kit) -> dict[str, ResourceType]:
    """Return the types of this module."""
    return {
        "AWS::ApplicationAutoScaling::ScalableTarget": _target(kit),
        "AWS::ApplicationAutoScaling::ScalingPolicy": _policy(kit),
    }


def _target(kit: Kit) -> ResourceType:
    def put(_name: str, properties: Properties) -> Created:
        kit.call(_SERVICE, "register_scalable_target", properties)
        parts = (properties["ResourceId"], properties["ScalableDimension"], properties["ServiceNamespace"])
        target = "|".join(parts)
        return target, {"Id": target}

    def delete(_target_id: str, properties: Properties) -> None:
        kit.quietly(_SERVICE, "deregister_scalable_target", **{name: properties[name] for name in _KEY})

    return ResourceType(put, delete, put)


def _policy(kit: Kit) -> ResourceType:
    def put(_name: str, properties: Properties) -> Created:
        request = {**properties, **_target_key(properties)}
        made = kit.call(_SERVICE, "put_scaling_policy", request)
        return made["PolicyARN"], {"Arn": made["PolicyARN"]}

    def delete(_policy_arn: str, properties: Properties) -> None:
        kit.quietly(_SERVICE, "delete_scaling_policy", PolicyName=properties["PolicyName"], **_target_key(properties))

    return ResourceType(put, delete, put)


def _target_key(properties: Properties) -> dict[str, str]:
    if target := properties.get("ScalingTargetId"):
        resource, dimension, namespace = str(target).split("|")
        return dict(zip(_KEY, (namespace, resource, dimension), strict=True))
    return {name: properties[name] for name in _KEY}
