"""AWS::CloudWatch::CompositeAlarm."""

from local_aws.cloudformation.client import Created, Kit, Properties, ResourceType, arn


def types(kit: Kit) -> dict[str, ResourceType]:
    """Return the types of this module."""

    def put(name: str, properties: Properties) -> Created:
        named = str(properties.get("AlarmName", name))
        kit.call("cloudwatch", "put_composite_alarm", properties, AlarmName=named)
        return named, {"Arn": arn("cloudwatch", f"alarm:{named}")}

    def delete(name: str, _properties: Properties) -> None:
        kit.quietly("cloudwatch", "delete_alarms", AlarmNames=[name])

    return {"AWS::CloudWatch::CompositeAlarm": ResourceType(put, delete, put)}
