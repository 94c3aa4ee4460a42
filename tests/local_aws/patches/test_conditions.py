"""Policies with conditions: on the transport of a message, on what autoscaling may scale."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import botocore.exceptions
import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import (
    ACCOUNT,
    WEST,
    acting_as,
    eventually,
    given_queue,
    given_role,
    messages,
    policy,
    unique,
)

DIMENSION = "ecs:service:DesiredCount"
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}


def _topic(aws: LocalAws, **condition: Any) -> tuple[str, str]:
    """A topic whose policy denies to publish under this condition, and the URL of a queue that listens."""
    sns = aws.client("sns", WEST)
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    everybody = {"Principal": {"AWS": "*"}, "Action": "sns:Publish", "Resource": topic}
    denial = {"Effect": "Deny", **everybody, **({"Condition": condition} if condition else {})}
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **everybody}, denial]}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document))
    url, queue = given_queue(aws, WEST)
    sender = {"Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue}
    open_to_sns = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **sender}]}
    aws.client("sqs", WEST).set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(open_to_sns)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    return topic, url


def _publisher(aws: LocalAws, topic: str) -> Any:
    return acting_as(aws, given_role(aws, policy("sns:Publish", topic)), "sns", WEST)


def test_a_topic_that_denies_insecure_transport_takes_a_message(aws: LocalAws) -> None:
    topic, url = _topic(aws, **INSECURE)
    _publisher(aws, topic).publish(TopicArn=topic, Message='{"over": "loopback"}')
    assert eventually(lambda: messages(aws, WEST, url)) == [{"over": "loopback"}]


def test_a_topic_that_denies_everybody_takes_none(aws: LocalAws) -> None:
    topic, _url = _topic(aws)
    with pytest.raises(botocore.exceptions.ClientError, match=r"AuthorizationError|AccessDenied"):
        _publisher(aws, topic).publish(TopicArn=topic, Message="{}")


@pytest.fixture(scope="module")
def service(whole_aws: LocalAws) -> Iterator[str]:
    """A service that autoscaling can scale, as its resource id."""
    name, ecs = unique("scaled"), whole_aws.client("ecs", WEST)
    ecs.create_cluster(clusterName=name)
    container = {"name": "app", "image": "lyo/booking:1", "memory": 128}
    ecs.register_task_definition(family=name, containerDefinitions=[container])
    ecs.create_service(cluster=name, serviceName=name, taskDefinition=name, desiredCount=0)
    yield f"service/{name}/{name}"
    ecs.delete_service(cluster=name, service=name, force=True)


_BESIDES = ("ecs:DescribeServices", "ecs:UpdateService", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms")


def _scaler(aws: LocalAws, besides: Sequence[str] = (*_BESIDES, "cloudwatch:PutMetricAlarm"), **keys: str) -> Any:
    """A client that may register what these condition keys describe, and what is asked for besides."""
    condition = {f"application-autoscaling:{key.replace('_', '-')}": value for key, value in keys.items()}
    targets = f"arn:aws:application-autoscaling:{WEST}:{ACCOUNT}:scalable-target/*"
    allowed = policy("application-autoscaling:RegisterScalableTarget", targets, StringEquals=condition)
    return acting_as(aws, given_role(aws, allowed, policy(besides)), "application-autoscaling", WEST)


def _register(client: Any, service: str) -> None:
    client.register_scalable_target(
        ServiceNamespace="ecs", ResourceId=service, ScalableDimension=DIMENSION, MinCapacity=0, MaxCapacity=3
    )


def test_a_role_limited_to_the_task_count_of_ecs_may_register_it(aws: LocalAws, service: str) -> None:
    _register(_scaler(aws, service_namespace="ecs", scalable_dimension=DIMENSION), service)
    scaling = aws.client("application-autoscaling", WEST)
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[service])["ScalableTargets"]
    assert [(target["MinCapacity"], target["MaxCapacity"]) for target in found] == [(0, 3)]


def test_limits_are_registered_only_for_who_has_rights_on_the_service_and_its_alarms(
    aws: LocalAws, service: str
) -> None:
    client = _scaler(aws, _BESIDES, service_namespace="ecs", scalable_dimension=DIMENSION)
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        _register(client, service)


@pytest.mark.parametrize(
    "keys",
    [
        {"service_namespace": "dynamodb", "scalable_dimension": DIMENSION},
        {"service_namespace": "ecs", "scalable_dimension": "dynamodb:table:ReadCapacityUnits"},
    ],
)
def test_a_role_limited_to_something_else_is_denied(aws: LocalAws, service: str, keys: dict[str, str]) -> None:
    client = _scaler(aws, **keys)
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        _register(client, service)
