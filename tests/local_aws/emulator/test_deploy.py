"""Assemblies are deployed as they were synthesised: every type the stacks use, assets, imports, updates."""

import json
from pathlib import Path
from typing import Any

import pytest

from local_aws.deploy import DeployFailed, deploy
from local_aws.local import LocalAws
from tests.local_aws.builders import ACCOUNT, EAST, IRELAND, WEST, eventually, invoke, unique
from tests.local_aws.emulator.assemblies import LAMBDA_TRUST, Assembly, arn, ref, typical


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    return Assembly(tmp_path)


def test_the_types_of_a_typical_stack_are_deployed(aws: LocalAws, assembly: Assembly) -> None:
    name = assembly.stack(unique("typical"), EAST, typical(unique("t")))
    deploy(assembly.directory, [name], aws.endpoint)
    resources = aws.client("cloudformation", EAST).list_stack_resources(StackName=name)
    assert {found["ResourceStatus"] for found in resources["StackResourceSummaries"]} == {"CREATE_COMPLETE"}
    ids = {found["LogicalResourceId"]: found["PhysicalResourceId"] for found in resources["StackResourceSummaries"]}
    check = aws.client("route53", EAST).get_health_check(HealthCheckId=ids["Check"])["HealthCheck"]
    assert (check["HealthCheckConfig"]["Inverted"], check["HealthCheckConfig"]["RequestInterval"]) == (True, 10)
    composite = aws.client("cloudwatch", EAST).describe_alarms(AlarmNames=[ids["Both"]], AlarmTypes=["CompositeAlarm"])[
        "CompositeAlarms"
    ][0]
    assert (composite["AlarmRule"], composite["ActionsEnabled"]) == (f'ALARM("{ids["Alarm"]}")', False)


def test_a_function_in_a_vpc_runs_with_its_layer_and_its_published_version(aws: LocalAws, assembly: Assembly) -> None:
    code, code_at = assembly.asset(
        unique("code"), WEST, {"steps/probe.py": "import plan\ndef handler(e, c): return plan.HASH"}
    )
    layer, layer_at = assembly.asset(unique("layer"), WEST, {"python/plan.py": "HASH = 'abc'"})
    network = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": ref("Vpc"), "CidrBlock": "10.0.0.0/24", "AvailabilityZone": f"{WEST}a"},
        },
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "g", "VpcId": ref("Vpc")},
        },
    }
    function = {
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "Handler": "steps.probe.handler",
        "Code": code_at,
        "Layers": [ref("Layer")],
        "Role": arn("Role"),
        "VpcConfig": {"SubnetIds": [ref("Subnet")], "SecurityGroupIds": [arn("Group", "GroupId")]},
    }
    resources = {
        **network,
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": LAMBDA_TRUST}},
        "Layer": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": layer_at}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": ref("Function")}},
    }
    outputs = {"Version": {"Value": ref("Version")}}
    name = assembly.stack(unique("vpc"), WEST, resources, {**code, **layer}, outputs)
    found = deploy(assembly.directory, [name], aws.endpoint)[name]
    assert invoke(aws, found["Version"]) == ("abc", None)


def test_data_services_of_a_template_are_made_in_the_data_host(aws: LocalAws, assembly: Assembly) -> None:
    tag = unique("w")
    secret = {
        "Name": tag,
        "GenerateSecretString": {"SecretStringTemplate": '{"username":"lyo"}', "GenerateStringKey": "password"},
    }
    password = {"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:password}}"}
    database = {
        "DBInstanceIdentifier": tag,
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "MasterUsername": "lyo",
        "MasterUserPassword": password,
        "DBParameterGroupName": ref("Parameters"),
    }
    container = {"Name": "web", "Image": "booking", "Environment": [{"Name": "PORT", "Value": "8080"}]}
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": {"Fn::Sub": "service/${Cluster}/${Service.Name}"},
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 0,
        "MaxCapacity": 4,
    }
    resources = {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": secret},
        "Parameters": {
            "Type": "AWS::RDS::DBParameterGroup",
            "Properties": {"Family": "postgres17", "Description": "d"},
        },
        "Database": {"Type": "AWS::RDS::DBInstance", "Properties": database},
        "Attached": {
            "Type": "AWS::SecretsManager::SecretTargetAttachment",
            "Properties": {
                "SecretId": ref("Secret"),
                "TargetId": ref("Database"),
                "TargetType": "AWS::RDS::DBInstance",
            },
        },
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": tag}},
        "Task": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {"Family": tag, "ContainerDefinitions": [container], "Cpu": "256", "Memory": "512"},
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "ServiceName": "web",
                "Cluster": ref("Cluster"),
                "TaskDefinition": ref("Task"),
                "DesiredCount": 0,
            },
        },
        "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target},
    }
    outputs = {"Address": {"Value": arn("Database", "Endpoint.Address")}}
    name = assembly.stack(unique("data"), IRELAND, resources, outputs=outputs)
    assert deploy(assembly.directory, [name], aws.endpoint)[name]["Address"]
    value = json.loads(aws.client("secretsmanager", IRELAND).get_secret_value(SecretId=tag)["SecretString"])
    assert (value["username"], value["dbInstanceIdentifier"]) == ("lyo", tag)
    services = aws.client("ecs", IRELAND).describe_services(cluster=tag, services=["web"])["services"]
    assert [service["desiredCount"] for service in services] == [0]
    formation = aws.client("cloudformation", IRELAND)
    stack_id = formation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    formation.delete_stack(StackName=name)

    def deleted() -> bool:
        return bool(formation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE")

    assert eventually(deleted)
    left = aws.client("ecs", IRELAND).describe_services(cluster=tag, services=["web"])["services"]
    assert [service["status"] for service in left] in ([], ["INACTIVE"])


def test_groups_are_deployed_one_after_the_other_and_import_what_was_exported(
    aws: LocalAws, assembly: Assembly
) -> None:
    export = unique("export")
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    names = [
        assembly.stack(
            unique("core"), region, topic, outputs={"T": {"Value": ref("Topic"), "Export": {"Name": export}}}
        )
        for region in (WEST, IRELAND)
    ]
    parameter = {"Type": "String", "Value": {"Fn::ImportValue": export}}
    user = assembly.stack(
        unique("user"),
        WEST,
        {"P": {"Type": "AWS::SSM::Parameter", "Properties": parameter}},
        outputs={"V": _value_of_p()},
    )
    found = deploy(assembly.directory, [names, user], aws.endpoint)
    assert found[user]["V"] == found[names[0]]["T"]
    assert found[names[1]]["T"].split(":")[3] == IRELAND


def _value_of_p() -> dict[str, Any]:
    return {"Value": arn("P", "Value")}


def test_deploying_again_changes_only_what_has_changed(aws: LocalAws, assembly: Assembly) -> None:
    name = unique("again")
    for value in ("one", "one", "two"):
        parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}
        assembly.stack(name, WEST, {"P": parameter}, outputs={"V": _value_of_p()})
        assert deploy(assembly.directory, [name], aws.endpoint)[name]["V"] == value


def test_a_failed_deployment_names_the_resource_and_the_reason(aws: LocalAws, assembly: Assembly) -> None:
    database = {"SourceDBInstanceIdentifier": "nothing", "DBInstanceClass": "db.t4g.micro"}
    name = assembly.stack(unique("bad"), WEST, {"Replica": {"Type": "AWS::RDS::DBInstance", "Properties": database}})
    with pytest.raises(DeployFailed, match=r"Replica \(AWS::RDS::DBInstance\): .*nothing") as failed:
        deploy(assembly.directory, [name], aws.endpoint)
    assert failed.value.stack == name


def test_a_template_with_an_unknown_type_is_refused(aws: LocalAws, assembly: Assembly) -> None:
    name = assembly.stack(unique("bad"), WEST, {"X": {"Type": "AWS::Synthetics::Canary"}})
    with pytest.raises(DeployFailed, match="Unrecognized resource types"):
        deploy(assembly.directory, [name], aws.endpoint)


def test_a_stack_the_assembly_does_not_have_is_refused(assembly: Assembly) -> None:
    assembly.stack("one", WEST, {})
    with pytest.raises(DeployFailed, match="has no such stack"):
        deploy(assembly.directory, ["two"], "http://127.0.0.1:1")


def test_a_template_too_long_to_be_sent_is_sent_by_its_address(aws: LocalAws, assembly: Assembly) -> None:
    name = unique("long")
    filler = {f"P{n}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x" * 2000}} for n in range(30)}
    place = {"bucketName": f"cdk-test-assets-{ACCOUNT}-{WEST}", "objectKey": f"{name}.json", "region": WEST}
    source = {"path": f"{name}.template.json", "packaging": "file"}
    assembly.stack(name, WEST, filler, {name: {"source": source, "destinations": {"here": place}}})
    deploy(assembly.directory, [name], aws.endpoint)
    stacks = aws.client("cloudformation", WEST).describe_stacks(StackName=name)["Stacks"]
    assert stacks[0]["StackStatus"] == "CREATE_COMPLETE"
