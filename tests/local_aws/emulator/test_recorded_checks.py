"""What the record of calls says about permissions: who was allowed what, on which resource."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import ACCOUNT, WEST, acting_as, given_role, policy, unique


def _last(aws: LocalAws, op: str) -> dict[str, Any]:
    return [call for call in aws.calls() if call["op"] == op][-1]


def test_an_allowed_call_names_role_action_and_resource(aws: LocalAws) -> None:
    table = f"arn:aws:dynamodb:{WEST}:{ACCOUNT}:table/{unique('incidents')}"
    role = given_role(aws, policy("dynamodb:DescribeTable", table))
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFound"):
        acting_as(aws, role, "dynamodb", WEST).describe_table(TableName=table.rsplit("/", 1)[-1])
    call = _last(aws, "DescribeTable")
    assert call["role"] == role.rsplit("/", 1)[-1]
    assert call["checked"] == [{"action": "dynamodb:DescribeTable", "resource": table}]


def test_every_resource_of_a_call_is_named(aws: LocalAws) -> None:
    services = [f"arn:aws:ecs:{WEST}:{ACCOUNT}:service/shop/{name}" for name in ("web", "worker")]
    client = acting_as(aws, given_role(aws, policy("ecs:DescribeServices", "*")), "ecs", WEST)
    with pytest.raises(botocore.exceptions.ClientError):  # the cluster does not exist; the policy was asked before
        client.describe_services(cluster="shop", services=["web", "worker"])
    assert [check["resource"] for check in _last(aws, "DescribeServices")["checked"]] == services


def test_condition_keys_are_named_with_their_values(aws: LocalAws) -> None:
    allowed = policy("cloudwatch:PutMetricData", StringEquals={"cloudwatch:namespace": "LyoDr"})
    client = acting_as(aws, given_role(aws, allowed), "cloudwatch", WEST)
    client.put_metric_data(Namespace="LyoDr", MetricData=[{"MetricName": "M", "Value": 1.0}])
    (check,) = _last(aws, "PutMetricData")["checked"]
    assert check["keys"] == {"cloudwatch:namespace": "LyoDr"}


def test_a_refused_call_has_nothing_that_was_allowed(aws: LocalAws) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="is not authorized to perform: sns:ListTopics"):
        acting_as(aws, given_role(aws), "sns", WEST).list_topics()
    assert "checked" not in _last(aws, "ListTopics")


def test_the_account_itself_is_asked_for_nothing(aws: LocalAws) -> None:
    aws.client("sqs", WEST).list_queues()
    assert not {"role", "checked"} & _last(aws, "ListQueues").keys()
