"""What the stacks hold, read from the templates."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from lyo_dr.model.plan import Plan, plan_from_json
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.store.lifetimes import EXPIRES
from stacks.constructs.function_assets import plan_module
from stacks.grants import speaks_sql
from stacks.grants.table import TABLE
from tests.infrastructure.assembled import Stack, everything, walk

Regional = dict[str, dict[str, Stack]]

RETAINED = ("Retain", "RetainExceptOnCreate")
GLOBAL_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::S3::Bucket": "BucketName",
}


def test_both_regions_have_the_same_stacks(regional: Regional, plan: Plan) -> None:
    first, second = (regional[region] for region in plan.regions.pair)
    assert set(first) == set(second)
    assert set(first) == {
        "core",
        "communications",
        "actions",
        "breach-response",
        "keeper",
        "region-failover",
        "secret-rotation",
        "database-restore",
        "restore-replicated",
        "preserve-breach",
        "incident-response",
        "operator",
        "LyoWorkload",
    }


def test_the_stacks_of_both_regions_differ_in_nothing_but_the_region(regional: Regional, plan: Plan) -> None:
    """Role is run-time state: "fail over to R" always runs in R, so failback is failover in the other region."""
    first, second = plan.regions.pair
    for part in ("core", "communications", "actions", "region-failover", "incident-response", "operator"):
        kinds = [Counter(r.kind for r in regional[region][part].resources()) for region in (first, second)]
        assert kinds[0] == kinds[1], part


def test_the_table_of_each_region_lets_items_expire_by_the_attribute_the_store_writes(stacks: dict[str, Stack]) -> None:
    tables = [resource for resource in everything(stacks) if resource.kind == "AWS::DynamoDB::Table"]
    lives = [table.properties["TimeToLiveSpecification"] for table in tables]
    assert lives == [{"AttributeName": EXPIRES, "Enabled": True}] * 2


def test_a_stack_stays_below_500_resources(stacks: dict[str, Stack]) -> None:
    assert {name: len(s.resources()) for name, s in stacks.items() if len(s.resources()) >= 500} == {}


def test_no_template_runs_code_of_its_own_while_it_is_deployed(stacks: dict[str, Stack]) -> None:
    kinds = {resource.kind for resource in everything(stacks)}
    assert {kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))} == set()


def test_the_only_export_is_the_key_and_it_is_imported_in_its_own_region_only(stacks: dict[str, Stack]) -> None:
    exports = {
        output["Export"]["Name"]: stack.region
        for stack in stacks.values()
        for output in stack.template.get("Outputs", {}).values()
    }
    assert len(exports) == 2
    assert all("Key" in name for name in exports)
    for stack in stacks.values():
        for key, value in walk(stack.template):
            if key == "Fn::ImportValue":
                assert exports[value] == stack.region, stack.name


def test_names_that_are_global_in_aws_do_not_collide(stacks: dict[str, Stack]) -> None:
    names = [
        (resource.kind, resource.properties[GLOBAL_NAMES[resource.kind]])
        for resource in everything(stacks)
        if resource.kind in GLOBAL_NAMES
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert all(len(name) <= 64 for kind, name in names if kind == "AWS::IAM::Role")


def test_names_do_not_collide_within_a_region(stacks: dict[str, Stack]) -> None:
    for kind, field in (
        ("AWS::Lambda::Function", "FunctionName"),
        ("AWS::Logs::LogGroup", "LogGroupName"),
        ("AWS::CloudWatch::Alarm", "AlarmName"),
        ("AWS::SecretsManager::Secret", "Name"),
    ):
        names = Counter((stacks[r.stack].region, r.properties[field]) for r in everything(stacks, kind))
        assert [name for name, count in names.items() if count > 1] == [], kind


def test_sql_functions_and_only_they_stand_in_the_vpc(stacks: dict[str, Stack], plan: Plan) -> None:
    for region in plan.regions.pair:
        names = ResourceNames(plan, region)
        expected = {names.function(p, s) for p, steps in TABLE.items() for s in steps if speaks_sql(p, s)}
        inside = {
            function.properties["FunctionName"]: function.properties["VpcConfig"]
            for function in everything(stacks, "AWS::Lambda::Function")
            if "VpcConfig" in function.properties and stacks[function.stack].region == region
        }
        assert inside.keys() == expected
        network = plan.networks[region]
        for config in inside.values():
            assert config == {"SubnetIds": network.subnets, "SecurityGroupIds": network.security_groups}


def test_every_function_is_as_agreed(stacks: dict[str, Stack]) -> None:
    for function in everything(stacks, "AWS::Lambda::Function"):
        properties = function.properties
        assert (properties["Runtime"], properties["Architectures"]) == ("python3.13", ["arm64"]), function.where
        assert properties["MemorySize"] == 512
        assert len(properties["Layers"]) == 2, function.where
        assert "LoggingConfig" in properties
        variables = properties["Environment"]["Variables"]
        assert variables.keys() == {"AWS_SDK_UA_APP_ID", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}


def test_every_function_is_published_and_its_versions_are_kept(stacks: dict[str, Stack]) -> None:
    versions = everything(stacks, "AWS::Lambda::Version")
    assert len(versions) == len(everything(stacks, "AWS::Lambda::Function"))
    assert [version.where for version in versions if version.deletion not in RETAINED] == []


def test_all_functions_share_one_code_asset(stacks: dict[str, Stack]) -> None:
    keys = {function.properties["Code"]["S3Key"] for function in everything(stacks, "AWS::Lambda::Function")}
    assert len(keys) == 1


def test_what_holds_data_is_kept(stacks: dict[str, Stack]) -> None:
    kinds = (
        "DynamoDB::Table",
        "KMS::Key",
        "S3::Bucket",
        "Logs::LogGroup",
        "SQS::Queue",
        "RDS::DBInstance",
        "SecretsManager::Secret",
    )
    for kind in kinds:
        found = everything(stacks, f"AWS::{kind}")
        assert found
        assert [resource.where for resource in found if resource.deletion not in RETAINED] == []


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("AWS::Logs::LogGroup", "KmsKeyId"),
        ("AWS::SNS::Topic", "KmsMasterKeyId"),
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::RDS::DBInstance", "KmsKeyId"),
    ],
)
def test_what_holds_data_is_encrypted_with_the_regions_key(stacks: dict[str, Stack], kind: str, field: str) -> None:
    found = everything(stacks, kind)
    assert found
    for resource in found:
        assert "Key" in stacks[resource.stack].text(resource.properties[field]), resource.where


def test_the_table_is_protected(regional: Regional) -> None:
    for parts in regional.values():
        table = parts["core"].one("AWS::DynamoDB::Table").properties
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["DeletionProtectionEnabled"] is True
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSESpecification"]["SSEType"] == "KMS"
        assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]


def test_rows_that_may_be_given_back_lie_in_a_closed_bucket_and_not_for_long(regional: Regional, plan: Plan) -> None:
    for region, parts in regional.items():
        bucket = parts["core"].one("AWS::S3::Bucket", BucketName=ResourceNames(plan, region).ledger_bucket).properties
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert "Key" in parts["core"].text(encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        (rule,) = bucket["LifecycleConfiguration"]["Rules"]
        assert rule["ExpirationInDays"] == max(database.restore.keep_damaged_days for database in plan.databases)
        policies = parts["core"].resources("AWS::S3::BucketPolicy")
        refused = [s for p in policies for s in p.properties["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
        assert {"aws:SecureTransport": "false"} in [s["Condition"].get("Bool") for s in refused]


def test_the_key_lets_alarms_and_events_in_without_a_condition_that_would_drop_them(regional: Regional) -> None:
    for parts in regional.values():
        policy = parts["core"].one("AWS::KMS::Key").properties["KeyPolicy"]["Statement"]
        services = {json.dumps(s["Principal"].get("Service")): s for s in policy if "Service" in s["Principal"]}
        senders = next(s for principal, s in services.items() if "events.amazonaws.com" in principal)
        assert "cloudwatch.amazonaws.com" in senders["Principal"]["Service"]
        assert "Condition" not in senders
        logs = next(s for principal, s in services.items() if '"logs.' in principal)
        assert "kms:EncryptionContext:aws:logs:arn" in logs["Condition"]["ArnLike"]


def test_every_log_group_is_one_the_key_admits(regional: Regional) -> None:
    """A log group the key's policy does not name cannot be created."""
    for region, parts in regional.items():
        policy = parts["core"].one("AWS::KMS::Key").properties["KeyPolicy"]["Statement"]
        patterns = next(s["Condition"]["ArnLike"] for s in policy if s.get("Sid") == "LogGroupsOfThisProduct")
        prefixes = [arn.split(":log-group:")[1].rstrip("*") for arn in patterns["kms:EncryptionContext:aws:logs:arn"]]
        for stack in parts.values():
            for group in stack.resources("AWS::Logs::LogGroup"):
                name = group.properties["LogGroupName"]
                assert name.startswith(tuple(prefixes)), f"{region}: {name}"


def test_people_are_subscribed(regional: Regional, plan: Plan) -> None:
    legal = [] if plan.breach is None else plan.breach.contacts
    for parts in regional.values():
        addresses = {s.properties["Endpoint"] for s in parts["core"].resources("AWS::SNS::Subscription")}
        assert addresses == {*plan.contacts.responders, *plan.contacts.stakeholders, *legal}


def test_the_bus_takes_events_from_the_forwarder_only(regional: Regional, stacks: dict[str, Stack]) -> None:
    forwarder = stacks["LyoDr-detection"].one("AWS::IAM::Role").properties["RoleName"]
    for parts in regional.values():
        statement = parts["core"].one("AWS::Events::EventBusPolicy").properties["Statement"]
        assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith(f":role/{forwarder}")


def test_the_plan_layer_holds_the_plan(plan: Plan, assembly: Any) -> None:
    modules = list(assembly.glob("asset.*/python/lyo_dr_plan.py"))
    assert [module.read_text() for module in modules] == [plan_module(plan.to_json(), plan.digest())]
    published: dict[str, str] = {}
    exec(modules[0].read_text(), published)  # noqa: S102 - our own module, as Lambda imports it
    assert plan_from_json(published["PLAN"]) == plan
    assert published["DIGEST"] == plan.digest()


def test_the_code_asset_holds_the_product_and_nothing_else(assembly: Any) -> None:
    folders = [path for path in assembly.glob("asset.*") if (path / "lyo_dr").is_dir()]
    assert len(folders) == 1
    assert [path.name for path in folders[0].iterdir()] == ["lyo_dr"]
    assert list(folders[0].rglob("__pycache__")) == []
