"""What a roll-back leaves behind: nothing that the next deployment would find in its way."""

from __future__ import annotations

from typing import Any

from lyo_dr.model.plan import Plan
from tests.infrastructure.assembled import Resource, Stack, everything, walk

Regional = dict[str, dict[str, Stack]]
PROTECTION = ("DeletionProtection", "DeletionProtectionEnabled")


def protected(stack: Stack) -> list[Resource]:
    """What CloudFormation cannot delete again, once it is there."""
    return [r for r in stack.resources() if any(r.properties.get(name) for name in PROTECTION)]


def needs(stack: Stack, logical: str) -> set[str]:
    """Everything that is created before a resource, near and far."""
    resources: dict[str, Any] = stack.template["Resources"]
    found: set[str] = set()
    following = [logical]
    while following:
        body = resources[following.pop()]
        near = {value for key, value in walk(body) if key == "Ref" and value in resources}
        near |= {value[0] for key, value in walk(body) if key == "Fn::GetAtt"}
        said = body.get("DependsOn", [])
        near |= {said} if isinstance(said, str) else set(said)
        following += near - found
        found |= near
    return found


def test_b1_nothing_is_kept_when_its_own_creation_is_rolled_back(stacks: dict[str, Stack]) -> None:
    """Plain Retain keeps it even then, and its name is taken when the stack is created again."""
    assert [resource.where for resource in everything(stacks) if resource.deletion == "Retain"] == []


def test_b1_what_is_kept_on_deletion_is_also_kept_when_it_is_replaced(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        for logical, body in stack.template["Resources"].items():
            if body.get("DeletionPolicy") == "RetainExceptOnCreate":
                assert body.get("UpdateReplacePolicy") == "Retain", f"{stack.name}/{logical}"


def test_b1_everything_that_must_outlive_its_stack_is_still_kept(stacks: dict[str, Stack]) -> None:
    kept = {resource.kind for resource in everything(stacks) if resource.deletion == "RetainExceptOnCreate"}
    assert kept >= {
        "AWS::CloudWatch::Alarm",
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Lambda::Version",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBInstance",
        "AWS::RDS::DBParameterGroup",
        "AWS::Route53::HealthCheck",
        "AWS::Route53::RecordSet",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }


def test_b2_a_version_that_was_rolled_back_is_deleted_and_one_in_use_is_kept(stacks: dict[str, Stack]) -> None:
    versions = everything(stacks, "AWS::Lambda::Version")
    assert versions
    assert {version.deletion for version in versions} == {"RetainExceptOnCreate"}


def test_fault_61_what_is_protected_from_deletion_is_created_last(stacks: dict[str, Stack]) -> None:
    """So nothing that fails finds it there; one database may still find another one."""
    found = {stack.name: protected(stack) for stack in stacks.values() if protected(stack)}
    assert found
    for name, resources in found.items():
        stack = stacks[name]
        last = {resource.logical for resource in resources}
        for resource in resources:
            databases = {r.logical for r in stack.resources() if r.kind.startswith("AWS::RDS::DBParameterGroup")}
            masters = {
                r.logical for r in stack.resources() if r.properties.get("Description") == "Used at onboarding only"
            }
            own = databases | masters if resource.kind == "AWS::RDS::DBInstance" else set()
            missing = set(stack.template["Resources"]) - last - own - needs(stack, resource.logical)
            assert missing == set(), f"{resource.where} may be there before {missing}"


def test_c6_each_instance_has_a_parameter_group_that_dates_commits(regional: Regional, plan: Plan) -> None:
    for parts in regional.values():
        stack = parts["LyoWorkload"]
        instances = stack.resources("AWS::RDS::DBInstance")
        assert len(instances) == len(plan.databases)
        groups = [instance.properties["DBParameterGroupName"]["Ref"] for instance in instances]
        assert len(set(groups)) == len(groups), "each has its own"
        for group in groups:
            properties = stack.template["Resources"][group]["Properties"]
            assert properties["Parameters"] == {"track_commit_timestamp": "1"}
            assert properties["Family"] == "postgres18"
