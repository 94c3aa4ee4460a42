"""What a company asks of every stack: tags, boundary, path, retention and keys, in every template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from cfnlint.api import ManualArgs, lint_by_config
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from drills.world.synth import ROOT, synthesise
from lyo_dr.model.plan.file import PlanFaults, read_plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import grants_for
from stacks.grants.table import TABLE
from tests.infrastructure.assembled import Resource, Stack, everything, read_assembly
from tests.plans import lyo_plan
from tests.plans import raw_plan as committed

_BOUNDARY = "arn:aws:iam::123456789012:policy/company/boundary"
_TAGS = {"cost-centre": "4711", "Owner": "platform team"}


def _key(region: str, last: str = "0") -> str:
    return f"arn:aws:kms:{region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890a{last}"


_KEYS = {region: _key(region) for region in ("eu-west-1", "us-west-2", "us-east-1")}
_DEPLOYMENT: dict[str, Any] = {
    "tags": _TAGS,
    "permissions_boundary": _BOUNDARY,
    "role_path": "/company/dr/",
    "log_retention_days": 1096,
    "keys": _KEYS,
    "secret_keys": {region: [_key(region, "1")] for region in ("eu-west-1", "us-west-2")},
}


@pytest.fixture(scope="module")
def filled(raw_plan: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """Checked by cdk-nag while it is made."""
    path = tmp_path_factory.mktemp("filled") / "plan.yaml"
    path.write_text(yaml.safe_dump({**raw_plan, "deployment": _DEPLOYMENT}))
    context = {"nag": True, "aws:cdk:bundling-stacks": []}
    return read_assembly(synthesise(path, "aws", ROOT / ".cache" / "assemblies-of-tests", context))


def _all(stacks: dict[str, Stack]) -> Iterator[Resource]:
    return (resource for stack in stacks.values() for resource in stack.resources())


def _tags(resource: Resource) -> dict[str, str]:
    found = resource.properties.get("Tags", resource.properties.get("HealthCheckTags", []))
    return found if isinstance(found, dict) else {each["Key"]: each["Value"] for each in found}


def _takes_tags(kind: str, region: str) -> bool:
    """As CloudFormation's own schema of the type says, which cfn-lint carries."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
    return bool(schema["tagging"]["taggable"])


def test_every_resource_that_takes_tags_has_those_of_the_plan(filled: dict[str, Stack]) -> None:
    taking = {
        kind: _takes_tags(kind, stack.region)
        for stack in filled.values()
        for kind in {r.kind for r in stack.resources()}
    }
    assert {"AWS::IAM::Role", "AWS::Lambda::Function", "AWS::ECS::Service", "AWS::RDS::DBInstance"} <= taking.keys()
    without = {r.where for r in _all(filled) if taking[r.kind] and not _TAGS.items() <= _tags(r).items()}
    assert without == set()


def test_stacks_have_the_tags_as_well(filled: dict[str, Stack]) -> None:
    """CloudFormation hands them on, also to what a template cannot tag."""
    folder = next(iter(filled.values())).path.parent
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"].values()
    stacks = [each for each in artifacts if each["type"] == "aws:cloudformation:stack"]
    assert len(stacks) == len(filled)
    assert all(each["properties"]["tags"] == _TAGS for each in stacks)


def test_every_role_has_boundary_and_path(filled: dict[str, Stack]) -> None:
    roles = everything(filled, "AWS::IAM::Role")
    assert len(roles) > 100
    assert {role.properties.get("PermissionsBoundary") for role in roles} == {_BOUNDARY}
    assert {role.properties.get("Path") for role in roles} == {"/company/dr/"}


def test_policies_of_keys_and_buses_name_the_roles_with_their_path(filled: dict[str, Stack]) -> None:
    text = json.dumps([stack.template for stack in filled.values()])
    assert "role/company/dr/lyo-dr-" in text
    assert ":role/lyo-dr-" not in text


def test_every_log_group_is_kept_as_long_as_the_plan_says(filled: dict[str, Stack], stacks: dict[str, Stack]) -> None:
    def kept(of: dict[str, Stack]) -> set[Any]:
        return {each.properties["RetentionInDays"] for each in everything(of, "AWS::Logs::LogGroup")}

    assert (kept(filled), kept(stacks)) == ({1096}, {365})


def test_the_key_of_the_plan_is_used_where_one_was_created(filled: dict[str, Stack]) -> None:
    for stack in filled.values():
        for kind, name in (
            ("AWS::Logs::LogGroup", "KmsKeyId"),
            ("AWS::SNS::Topic", "KmsMasterKeyId"),
            ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ):
            assert all(each.properties[name] == _KEYS[stack.region] for each in stack.resources(kind)), kind
    core = filled["LyoDr-core-us-west-2"]
    assert core.one("AWS::DynamoDB::Table").properties["SSESpecification"]["KMSMasterKeyId"] == _KEYS["us-west-2"]
    assert core.resources("AWS::KMS::Key") == []
    made = {key.stack for key in everything(filled, "AWS::KMS::Key")}
    assert made == {"LyoDr-preserve-breach-eu-west-1", "LyoDr-preserve-breach-us-west-2"}, "evidence keeps its own"


def test_roles_name_the_keys_of_the_plan_and_no_alias_of_one_that_was_not_created(filled: dict[str, Stack]) -> None:
    text = json.dumps([stack.template for stack in filled.values()])
    assert '"alias/lyo-dr"' not in text


def test_cfn_lint_has_nothing_to_say_of_the_filled_section(filled: dict[str, Stack]) -> None:
    templates = [str(stack.path) for stack in filled.values()]
    found = lint_by_config(ManualArgs(templates=templates, ignore_checks=["W3005"]))
    assert [f"{Path(match.filename).name}: {match.rule.id} {match.message}" for match in found] == []


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_who_reads_a_secret_may_use_its_key_and_nobody_else(region: str) -> None:
    plan = lyo_plan(deployment={"secret_keys": _DEPLOYMENT["secret_keys"]})
    names = ResourceNames(plan, region)
    for process, steps in TABLE.items():
        for step in steps:
            grants = grants_for(plan, names, process, step)
            keys = [g for g in grants if any(r.endswith("a1") for r in g.resources)]
            secrets = {r for g in grants for a in g.actions if a.endswith("SecretValue") for r in g.resources}
            via = {r for g in keys for r in g.conditions["StringLike"]["kms:EncryptionContext:SecretARN"]}
            assert via == secrets, (process, step)
            writes = any("secretsmanager:PutSecretValue" in g.actions for g in grants)
            assert any("kms:GenerateDataKey" in g.actions for g in keys) == writes, (process, step)
            for grant in keys:
                (key,) = grant.resources
                there = key.split(":")[3]
                assert grant.conditions["StringEquals"] == {"kms:ViaService": f"secretsmanager.{there}.amazonaws.com"}


def test_without_the_section_a_plan_has_the_bytes_it_had_before() -> None:
    assert '"deployment"' not in lyo_plan().to_json()
    whole = msgspec.json.encode(lyo_plan(), order="deterministic").decode()
    assert whole.startswith(lyo_plan().to_json().removesuffix("}"))
    assert lyo_plan(deployment={}).to_json() == lyo_plan().to_json()
    assert '"deployment"' in lyo_plan(deployment={"role_path": "/dr/"}).to_json()


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"tags": {"aws:owner": "x"}}, "deployment.tags.aws:owner: the key 'aws:owner' is no key of a tag; write up"),
        ({"tags": {"AWS:owner": "x"}}, "deployment.tags.AWS:owner: the key 'AWS:owner' is no key of a tag; write up"),
        ({"tags": {"a" * 129: "x"}}, "is no key of a tag; write up to 128"),
        ({"tags": {"owner": "a;b"}}, "deployment.tags.owner: 'a;b' is no value of a tag; write up to 256"),
        ({"tags": {"owner": 7}}, 'deployment.tags.owner: a number where text belongs; write it in quotes: "7"'),
        ({"tags": {"Owner": "a", "owner": "b"}}, "deployment.tags.owner: IAM takes it for 'Owner'; leave one"),
        ({"tags": {f"t{n}": "a" for n in range(51)}}, "deployment.tags: 51; AWS takes 50 on a resource"),
        ({"permissions_boundary": "boundary"}, "is not the ARN of a managed policy; write one such as arn:aws:iam::"),
        ({"role_path": "dr"}, "deployment.role_path: 'dr' is no path of roles; write one that begins and ends with /"),
        ({"role_path": f"/{'a' * 600}/"}, "deployment.role_path: 602 characters; IAM takes 512"),
        (
            {"log_retention_days": 31},
            "deployment.log_retention_days: 31 is none of the values it can have; write 30 or",
        ),
        (
            {"log_retention_days": True},
            "deployment.log_retention_days: True is none of the values it can have; write 1",
        ),
        ({"log_retention_days": 5000}, "none of the values it can have; write 3653"),
        ({"keys": {"eu-west-1": _key("eu-west-1")}}, "deployment.keys: none for us-west-2; name one for both"),
        ({"keys": {r: _key("eu-west-1") for r in ("eu-west-1", "us-west-2")}}, "the key is in eu-west-1; name one in"),
        ({"keys": {**_KEYS, "sa-east-1": _key("sa-east-1")}}, "deployment.keys.sa-east-1: nothing is encrypted there"),
        ({"keys": {"eu-west-1": "alias/mine"}}, "'alias/mine' is not the ARN of a KMS key; write the key's own ARN"),
        ({"secret_keys": {"us-east-1": [_key("us-east-1")]}}, "deployment.secret_keys.us-east-1: no secret is read"),
        ({"secret_keys": {"us-west-2": [_key("eu-west-1")]}}, "deployment.secret_keys.us-west-2[0]: the key is in"),
        ({"tagz": {}}, "deployment.tagz: unknown key; did you mean 'tags'?"),
    ],
)
def test_what_aws_would_refuse_is_refused_in_a_sentence(section: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlanFaults) as found:
        read_plan(committed(deployment=section))
    assert any(sentence in fault for fault in found.value.faults), found.value.faults
