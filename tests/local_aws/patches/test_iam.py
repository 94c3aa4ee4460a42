"""Roles may do what their policies say, and nothing else."""

from collections.abc import Callable
from functools import partial
from typing import Any

import botocore.exceptions
import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import ACCOUNT, EAST, WEST, acting_as, given_function, given_role, invoke, policy, unique

CLUSTER = f"arn:aws:ecs:{WEST}:{ACCOUNT}:cluster/shop"


def _refused(call: Callable[[], Any]) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call()
    assert "AccessDenied" in refused.value.response["Error"]["Code"]


def _carried_out(call: Callable[[], Any]) -> None:
    """Whatever the service thinks of the call, it was not refused for lack of permission."""
    code = ""
    try:
        call()
    except botocore.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
    assert "AccessDenied" not in code


@pytest.mark.parametrize(
    ("service", "method", "parameters"),
    [
        ("dynamodb", "list_tables", {}),
        ("rds", "describe_db_instances", {}),
        ("secretsmanager", "list_secrets", {}),
        ("ecs", "list_clusters", {}),
        ("application-autoscaling", "describe_scalable_targets", {"ServiceNamespace": "ecs"}),
        ("lambda", "list_functions", {}),
        ("route53", "list_hosted_zones", {}),
        ("cloudwatch", "describe_alarms", {}),
    ],
)
def test_a_role_without_permission_is_refused(
    aws: LocalAws, service: str, method: str, parameters: dict[str, str]
) -> None:
    client = acting_as(aws, given_role(aws), service, WEST)
    _refused(lambda: getattr(client, method)(**parameters))


def test_metrics_may_be_put_into_the_namespace_of_the_policy_only(aws: LocalAws) -> None:
    allowed = policy("cloudwatch:PutMetricData", StringEquals={"cloudwatch:namespace": "LyoDr"})
    client = acting_as(aws, given_role(aws, allowed), "cloudwatch", WEST)
    datum = [{"MetricName": "M", "Value": 1.0}]
    client.put_metric_data(Namespace="LyoDr", MetricData=datum)
    _refused(lambda: client.put_metric_data(Namespace="Other", MetricData=datum))


def test_a_log_group_is_read_with_a_policy_on_its_arn_that_ends_in_a_star(aws: LocalAws) -> None:
    group = f"arn:aws:logs:{WEST}:{ACCOUNT}:log-group:/app:*"
    client = acting_as(aws, given_role(aws, policy("logs:FilterLogEvents", group)), "logs", WEST)
    _carried_out(lambda: client.filter_log_events(logGroupName="/app"))
    _refused(lambda: client.filter_log_events(logGroupName="/other"))


def test_a_service_is_checked_by_its_own_arn_and_its_cluster(aws: LocalAws) -> None:
    service = f"arn:aws:ecs:{WEST}:{ACCOUNT}:service/shop/web"
    allowed = policy(["ecs:UpdateService", "ecs:DescribeServices"], service, ArnEquals={"ecs:cluster": CLUSTER})
    client = acting_as(aws, given_role(aws, allowed), "ecs", WEST)
    _carried_out(lambda: client.update_service(cluster="shop", service="web", desiredCount=1))
    _refused(lambda: client.update_service(cluster="shop", service="other", desiredCount=1))
    _carried_out(lambda: client.describe_services(cluster="shop", services=["web"]))
    _refused(lambda: client.describe_services(cluster="shop", services=["web", "other"]))


def test_a_database_is_checked_by_its_own_arn(aws: LocalAws) -> None:
    allowed = policy("rds:DescribeDBInstances", f"arn:aws:rds:{WEST}:{ACCOUNT}:db:shop")
    client = acting_as(aws, given_role(aws, allowed), "rds", WEST)
    _carried_out(lambda: client.describe_db_instances(DBInstanceIdentifier="shop"))
    _carried_out(lambda: client.describe_db_instances(DBInstanceIdentifier=f"arn:aws:rds:{WEST}:{ACCOUNT}:db:shop"))
    _refused(lambda: client.describe_db_instances(DBInstanceIdentifier="other"))
    _refused(lambda: client.describe_db_instances())


def test_all_databases_may_be_listed_with_a_policy_on_all_databases(aws: LocalAws) -> None:
    allowed = policy("rds:DescribeDBInstances", f"arn:aws:rds:{WEST}:{ACCOUNT}:db:*")
    acting_as(aws, given_role(aws, allowed), "rds", WEST).describe_db_instances()


def test_a_secret_read_by_name_is_checked_by_the_arn_it_has(aws: LocalAws) -> None:
    name = unique("secret")
    made = aws.client("secretsmanager", WEST).create_secret(Name=name, SecretString="hush")
    by_arn = policy("secretsmanager:GetSecretValue", made["ARN"])
    client = acting_as(aws, given_role(aws, by_arn), "secretsmanager", WEST)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "hush"
    by_pattern = policy("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{WEST}:{ACCOUNT}:secret:other-??????")
    client = acting_as(aws, given_role(aws, by_pattern), "secretsmanager", WEST)
    _refused(lambda: client.get_secret_value(SecretId=name))


def test_autoscaling_is_served_to_a_role_that_may(aws: LocalAws) -> None:
    allowed = policy("application-autoscaling:DescribeScalableTargets")
    client = acting_as(aws, given_role(aws, allowed), "application-autoscaling", WEST)
    unknown = "service/nowhere/nobody"
    assert client.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[unknown])["ScalableTargets"] == []


def test_a_function_acts_with_the_rights_of_its_role(aws: LocalAws) -> None:
    code = """
import boto3
def handler(event, context):
    answer = getattr(boto3.client(event["service"]), event["method"])()
    return answer["ResponseMetadata"]["HTTPStatusCode"]
"""
    function = given_function(aws, WEST, code, role=given_role(aws, policy("sqs:ListQueues")))
    assert invoke(aws, function, {"service": "sqs", "method": "list_queues"}) == (200, None)
    body, _ = invoke(aws, function, {"service": "sns", "method": "list_topics"})
    assert "is not authorized to perform: sns:ListTopics" in body["errorMessage"]


def test_the_account_itself_may_do_everything(aws: LocalAws) -> None:
    assert aws.client("sts", EAST).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def _rds(kind: str) -> str:
    return f"arn:aws:rds:{WEST}:{ACCOUNT}:{kind}"


_RESTORE = {
    "SourceDBInstanceIdentifier": "shop",
    "TargetDBInstanceIdentifier": "shop-r-1",
    "UseLatestRestorableTime": True,
    "DBSubnetGroupName": "private",
    "DBParameterGroupName": "tuned",
}
_NAMED = [_rds("db:shop"), _rds("db:shop-r-1"), _rds("subgrp:private"), _rds("pg:tuned")]


def _restoring(aws: LocalAws, *actions: tuple[str, list[str]]) -> Any:
    statements = [{"Effect": "Allow", "Action": action, "Resource": named} for action, named in actions]
    return acting_as(aws, given_role(aws, {"Version": "2012-10-17", "Statement": statements}), "rds", WEST)


def test_a_restore_is_checked_by_everything_it_names(aws: LocalAws) -> None:
    action = "rds:RestoreDBInstanceToPointInTime"
    _carried_out(lambda: _restoring(aws, (action, _NAMED)).restore_db_instance_to_point_in_time(**_RESTORE))
    for missing in _NAMED:
        client = _restoring(aws, (action, [arn for arn in _NAMED if arn != missing]))
        _refused(partial(client.restore_db_instance_to_point_in_time, **_RESTORE))


def test_a_snapshot_that_is_restored_is_checked_too(aws: LocalAws) -> None:
    action, asked = "rds:RestoreDBInstanceFromDBSnapshot", {"DBSnapshotIdentifier": "mine"}
    both = [_rds("db:shop-r-1"), _rds("snapshot:mine")]
    named = {"DBInstanceIdentifier": "shop-r-1", **asked}
    _carried_out(lambda: _restoring(aws, (action, both)).restore_db_instance_from_db_snapshot(**named))
    _refused(lambda: _restoring(aws, (action, both[:1])).restore_db_instance_from_db_snapshot(**named))


def test_whoever_makes_something_with_tags_needs_the_right_to_tag_it(aws: LocalAws) -> None:
    action, tagged = "rds:RestoreDBInstanceToPointInTime", {**_RESTORE, "Tags": [{"Key": "incident", "Value": "one"}]}
    tag = ("rds:AddTagsToResource", [_rds("db:shop-r-1")])
    _carried_out(lambda: _restoring(aws, (action, _NAMED), tag).restore_db_instance_to_point_in_time(**tagged))
    _refused(lambda: _restoring(aws, (action, _NAMED)).restore_db_instance_to_point_in_time(**tagged))
    other = ("rds:AddTagsToResource", [_rds("db:shop")])
    _refused(lambda: _restoring(aws, (action, _NAMED), other).restore_db_instance_to_point_in_time(**tagged))
