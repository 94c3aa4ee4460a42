"""Deployments that fail on purpose: what CloudFormation takes back, what it keeps, and what is then in the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from local_aws.deploy import DeployFailed, deploy
from local_aws.local import LocalAws
from tests.local_aws.builders import WEST, unique
from tests.local_aws.emulator.assemblies import LAMBDA_TRUST, Assembly, arn, ref

CODES = ("one", "two")
KEPT, KEPT_UNLESS_NEW = "Retain", "RetainExceptOnCreate"


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    return Assembly(tmp_path)


def failing(*after: str) -> dict[str, Any]:
    """A replica of nothing, which fails once the others are there."""
    properties = {"SourceDBInstanceIdentifier": "nothing", "DBInstanceClass": "db.t4g.micro"}
    return {"Broken": {"Type": "AWS::RDS::DBInstance", "Properties": properties, "DependsOn": list(after)}}


def table(name: str, protected: bool) -> dict[str, Any]:
    return {
        "TableName": name,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": protected,
    }


def named(tag: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """A resource of every type that is refused when its name is taken."""
    alarm = {
        "AlarmName": tag,
        "Namespace": "N",
        "MetricName": "M",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
    }
    machine = {
        "StateMachineName": tag,
        "DefinitionString": '{"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": true}}}',
        "RoleArn": "arn:aws:iam::123456789012:role/any",
    }
    function = {
        "FunctionName": tag,
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": "arn:aws:iam::123456789012:role/any",
        "Code": {"ZipFile": "def handler(e, c): pass"},
    }
    return {
        "Alarm": ("AWS::CloudWatch::Alarm", alarm),
        "Alias": ("AWS::KMS::Alias", {"AliasName": f"alias/{tag}", "TargetKeyId": ref("Key")}),
        "Function": ("AWS::Lambda::Function", function),
        "Logs": ("AWS::Logs::LogGroup", {"LogGroupName": f"/{tag}"}),
        "Machine": ("AWS::StepFunctions::StateMachine", machine),
        "Queue": ("AWS::SQS::Queue", {"QueueName": tag}),
        "Role": ("AWS::IAM::Role", {"RoleName": tag, "AssumeRolePolicyDocument": LAMBDA_TRUST}),
        "Table": ("AWS::DynamoDB::Table", table(tag, protected=False)),
        "Topic": ("AWS::SNS::Topic", {"TopicName": tag}),
    }


def resources(tag: str, policy: str, only: str) -> dict[str, Any]:
    kind, properties = named(tag)[only]
    made: dict[str, Any] = {"It": {"Type": kind, "Properties": properties, "DeletionPolicy": policy}}
    if only == "Alias":
        made["Key"] = {
            "Type": "AWS::KMS::Key",
            "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}},
        }
    return made


def status(aws: LocalAws, name: str) -> str:
    return str(aws.client("cloudformation", WEST).describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


@pytest.mark.parametrize("kind", sorted(named("x")))
def test_b1_what_is_kept_at_a_roll_back_is_in_the_way_of_the_next_deployment(
    aws: LocalAws, assembly: Assembly, kind: str
) -> None:
    tag = unique("kept")
    made = resources(tag, KEPT, kind)
    name = assembly.stack(tag, WEST, {**made, **failing("It")})
    with pytest.raises(DeployFailed, match="Broken"):
        deploy(assembly.directory, [name], aws.endpoint)
    assembly.stack(tag, WEST, made)
    with pytest.raises(DeployFailed, match="already exists"):
        deploy(assembly.directory, [name], aws.endpoint)


@pytest.mark.parametrize("kind", sorted(named("x")))
def test_b1_what_is_kept_except_on_creation_is_not(aws: LocalAws, assembly: Assembly, kind: str) -> None:
    tag = unique("new")
    made = resources(tag, KEPT_UNLESS_NEW, kind)
    name = assembly.stack(tag, WEST, {**made, **failing("It")})
    with pytest.raises(DeployFailed, match="Broken"):
        deploy(assembly.directory, [name], aws.endpoint)
    assembly.stack(tag, WEST, made)
    deploy(assembly.directory, [name], aws.endpoint)
    assert status(aws, name) == "CREATE_COMPLETE"


def test_b1_what_is_kept_except_on_creation_outlives_its_stack(aws: LocalAws, assembly: Assembly) -> None:
    tag = unique("outlives")
    name = assembly.stack(tag, WEST, resources(tag, KEPT_UNLESS_NEW, "Table"))
    deploy(assembly.directory, [name], aws.endpoint)
    formation = aws.client("cloudformation", WEST)
    formation.delete_stack(StackName=name)
    formation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    assert aws.client("dynamodb", WEST).describe_table(TableName=tag)["Table"]["TableName"] == tag


def test_b1_a_protected_table_that_is_there_before_something_fails_cannot_be_taken_back(
    aws: LocalAws, assembly: Assembly
) -> None:
    tag = unique("protected")
    made = {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": table(tag, protected=True),
            "DeletionPolicy": KEPT_UNLESS_NEW,
        }
    }
    name = assembly.stack(tag, WEST, {**made, **failing("Table")})
    with pytest.raises(DeployFailed, match="Broken"):
        deploy(assembly.directory, [name], aws.endpoint)
    assert status(aws, name) == "ROLLBACK_FAILED"
    assert aws.client("dynamodb", WEST).describe_table(TableName=tag)


def with_version(tag: str, code: str, code_at: dict[str, str], policy: str) -> dict[str, Any]:
    function = {
        "FunctionName": tag,
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": arn("Role"),
        "Code": code_at,
    }
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": LAMBDA_TRUST}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        # As the CDK does: another code is another logical id.
        f"Version{code}": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": ref("Function")},
            "DeletionPolicy": policy,
        },
    }


@pytest.mark.parametrize("policy", [KEPT, KEPT_UNLESS_NEW])
def test_b2_an_update_that_was_rolled_back_can_be_repeated_unless_it_has_kept_its_version(
    aws: LocalAws, assembly: Assembly, policy: str
) -> None:
    tag = unique("update")
    sources = {code: assembly.asset(unique(code), WEST, {"index.py": f"def handler(e, c): {code}"}) for code in CODES}
    assets = {name: entry for entries, _ in sources.values() for name, entry in entries.items()}
    one, two = (with_version(tag, code, sources[code][1], policy) for code in CODES)
    name = assembly.stack(tag, WEST, one, assets)
    deploy(assembly.directory, [name], aws.endpoint)
    assembly.stack(tag, WEST, {**two, **failing("Versiontwo")}, assets)
    with pytest.raises(DeployFailed, match="Broken"):
        deploy(assembly.directory, [name], aws.endpoint)
    assert status(aws, name) == "UPDATE_ROLLBACK_COMPLETE"
    assembly.stack(tag, WEST, two, assets)
    if policy == KEPT:
        with pytest.raises(DeployFailed, match="A version for this Lambda function exists"):
            deploy(assembly.directory, [name], aws.endpoint)
        return
    deploy(assembly.directory, [name], aws.endpoint)
    found = aws.client("lambda", WEST).list_versions_by_function(FunctionName=tag)["Versions"]
    assert [version["Version"] for version in found] == ["$LATEST", "1", "3"], "the first one is still in use"


def test_fault_61_a_stack_that_was_rolled_back_is_created_again_only_after_it_was_deleted(
    aws: LocalAws, assembly: Assembly
) -> None:
    name = assembly.stack(unique("twice"), WEST, failing())
    with pytest.raises(DeployFailed, match="Broken"):
        deploy(assembly.directory, [name], aws.endpoint)
    topic = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    formation = aws.client("cloudformation", WEST)
    with pytest.raises(botocore.exceptions.ClientError, match="already exists"):
        formation.create_stack(StackName=name, TemplateBody=topic)
