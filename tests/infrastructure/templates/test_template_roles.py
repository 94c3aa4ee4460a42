"""Least privilege, read from the templates."""

from __future__ import annotations

import functools
import re
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from drills.world.synth import ROOT
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import NoGrant, grants_for, speaks_sql
from stacks.grants.journal import lease
from stacks.grants.table import TABLE
from stacks.site import Sources
from tests.infrastructure.assembled import Resource, Stack, everything, listed, statements

EXPLAINED_WILDCARDS = {
    ("application-autoscaling:DescribeScalableTargets", "*"): "a read without resources",
    ("application-autoscaling:RegisterScalableTarget", "scalable-target/*"): "ids are chosen by AWS; conditions narrow",
    (
        "cloudwatch:DescribeAlarms",
        "*",
    ): "asked for by Application Auto Scaling and by name, about which alarms no document says; a read",
    **{
        (f"cloudwatch:{action}", "alarm:TargetTracking-service/<service>-*"): "named so by Application Auto Scaling"
        for action in ("DeleteAlarms", "PutMetricAlarm")
    },
    ("cloudwatch:PutMetricData", "*"): "no resources; the condition names the namespace",
    ("cloudtrail:LookupEvents", "*"): "no resource for looking up events",
    ("ecr:GetAuthorizationToken", "*"): "no resources",
    ("ecs:DescribeTaskDefinition", "*"): "no resource for describing a task definition",
    ("ecs:DescribeTasks", "task/<cluster>/*"): "ids of tasks are chosen by AWS",
    ("ecs:ListTasks", "*"): "no resource for a listing; the condition names the cluster",
    ("kms:CreateGrant", "key/*"): "the plan holds no name of a database's key; only for what RDS does for us",
    ("kms:DescribeKey", "key/*"): "the same keys",
    ("kms:Decrypt", "key/*"): "the other region's key has an id AWS chooses; the condition names its alias",
    ("kms:GenerateDataKey", "key/*"): "the same key",
    **{
        (f"rds:{action}", resource): "instances and snapshots an incident makes carry its own characters at the end"
        for action, resources in {
            "AddTagsToResource": ("db:<instance>-r-*", "db:<instance>-r-s-*", "snapshot:<instance>-evidence-*"),
            "CreateDBInstanceReadReplica": ("db:<instance>-r-*",),
            "CreateDBSnapshot": ("db:<instance>-r-*", "snapshot:<instance>-evidence-*"),
            "DeleteDBInstance": ("db:<instance>-r-s-*",),
            "RemoveTagsFromResource": ("db:<instance>-r-s-*",),
            "DescribeDBInstances": ("db:<instance>-r-*", "db:<instance>-damaged-*"),
            "DescribeDBSnapshots": ("db:<instance>-r-*",),
            "DescribeDBInstanceAutomatedBackups": ("db:<instance>-r-*",),
            "ModifyDBInstance": ("db:<instance>-r-*", "db:<instance>-r-s-*"),
            "RestoreDBInstanceFromDBSnapshot": ("db:<instance>-r-*",),
            "RestoreDBInstanceToPointInTime": ("db:<instance>-r-*",),
        }.items()
        for resource in resources
    },
    ("rds:RestoreDBInstanceFromDBSnapshot", "snapshot:*"): "a person names a snapshot as they like",
    ("rds:DescribeDBInstanceAutomatedBackups", "auto-backup:*"): "ids are chosen by AWS",
    ("rds:DescribeDBSnapshots", "snapshot:*"): "a person names a snapshot as they like; a read",
    ("rds:ModifyDBInstance", "pg:*"): "the group of the instance before it, whose name the plan does not hold",
    ("rds:RestoreDBInstanceToPointInTime", "auto-backup:*"): "ids are chosen by AWS",
    **{
        (f"rds:{action}", f"{kind}:*"): "the groups of the source, whose names the plan does not hold"
        for action in (
            "CreateDBInstanceReadReplica",
            "RestoreDBInstanceFromDBSnapshot",
            "RestoreDBInstanceToPointInTime",
        )
        for kind in ("og", "pg", "subgrp")
    },
    ("logs:CreateExportTask", "log-group:<group>:*"): "the log group is named; an ARN of it ends in :*",
    ("logs:FilterLogEvents", "log-group:<group>:*"): "the log group is named; an ARN of it ends in :*",
    ("logs:DescribeExportTasks", "*"): "no resource: one export at a time in the whole account",
    ("logs:CreateLogStream", "log-group:<group>:*"): "names of streams are chosen by AWS",
    ("logs:PutLogEvents", "log-group:<group>:*"): "names of streams are chosen by AWS",
    ("s3:GetObjectVersion", "<ledger>/*"): "a replay file is named after its incident",
    ("s3:PutObject", "<ledger>/*"): "a replay file is named after its incident",
    ("s3:GetObject", "<bucket of evidence>/*"): "each incident has a folder of its own",
    ("s3:PutObject", "<bucket of evidence>/*"): "each incident has a folder of its own",
    ("s3:PutObject", "<bucket of evidence>/*/exports/*"): "each incident has a folder of its own",
    ("wafv2:GetIPSet", "regional/ipset/<name>/*"): "ids are chosen by AWS WAF; the name is in the plan",
    ("wafv2:UpdateIPSet", "regional/ipset/<name>/*"): "the same sets",
    ("wafv2:GetSampledRequests", "regional/webacl/<name>/*"): "ids are chosen by AWS WAF; the name is in the plan",
    ("wafv2:GetWebACL", "regional/webacl/<name>/*"): "ids are chosen by AWS WAF; the name is in the plan",
    ("wafv2:ListIPSets", "*"): "no resource for the list that tells the id",
    ("wafv2:ListWebACLs", "*"): "no resource for the list that tells the id",
    ("states:SendTaskSuccess", "*"): "a task token has no resource; without a token nothing can be sent",
    ("states:DescribeExecution", "execution:<machine>:*"): "names of executions are chosen by AWS",
    ("states:StopExecution", "execution:<machine>:*"): "names of executions are chosen by AWS",
    **{
        (f"logs:{action}", "*"): "log delivery is set up per account"
        for action in (
            "CreateLogDelivery",
            "DeleteLogDelivery",
            "DescribeLogGroups",
            "DescribeResourcePolicies",
            "GetLogDelivery",
            "ListLogDeliveries",
            "PutResourcePolicy",
            "UpdateLogDelivery",
        )
    },
    **{
        (f"ec2:{action}", "*"): "the interface does not exist yet; the function's own code is denied"
        for action in (
            "AssignPrivateIpAddresses",
            "CreateNetworkInterface",
            "DeleteNetworkInterface",
            "DescribeNetworkInterfaces",
            "DescribeSubnets",
            "UnassignPrivateIpAddresses",
        )
    },
}
FILES_OF_ROWS = {
    "CompareTable": {"s3:PutObject", "kms:GenerateDataKey"},
    "WriteRows": {"s3:GetObjectVersion", "kms:Decrypt"},
}
"""The two SQL functions that see rows: what they may do besides reading secrets."""
NARROWED_BY_CONDITION = {
    "application-autoscaling:RegisterScalableTarget",
    "cloudwatch:PutMetricData",
    "ecs:ListTasks",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
}
GLOBAL_KEYS = {"lambda:SourceFunctionArn", "kms:ViaService", "kms:ResourceAliases"}


def _roles(stacks: dict[str, Stack]) -> list[Resource]:
    return everything(stacks, "AWS::IAM::Role")


def _pairs(stacks: dict[str, Stack], role: Resource) -> list[tuple[str, str, dict[str, Any]]]:
    """Every action with every resource it is granted on, and its statement."""
    return [
        (action, stacks[role.stack].text(resource), statement)
        for statement in statements(role)
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


def _shape(resource: str) -> str:
    """``arn:aws:ecs:…:task/shop/*`` becomes ``task/<cluster>/*``."""
    own = resource.split(":", 5)[-1]
    own = re.sub(r"^regional/(ipset|webacl)/[^/]+/", r"regional/\1/<name>/", own)
    own = re.sub(r"^task/[^/*]+/", "task/<cluster>/", own)
    own = re.sub(r"^alarm:TargetTracking-service/[^/*]+/[^/*]+-\*$", "alarm:TargetTracking-service/<service>-*", own)
    own = re.sub(r"^[a-z0-9-]+-dr-evidence-[a-z0-9-]+/", "<bucket of evidence>/", own)
    own = re.sub(r"^log-group:[^:*]+:", "log-group:<group>:", own)
    own = re.sub(r"^(db|snapshot|snapshot:rds):[a-z0-9-]+?(-r-s|-r|-damaged|-evidence|)-\*$", r"\1:<instance>\2-*", own)
    own = re.sub(r"^[^:/*]+-ledger-\d{12}-[a-z0-9-]+/", "<ledger>/", own)
    return re.sub(r"^execution:[^:*]+:", "execution:<machine>:", own)


def test_every_wildcard_of_a_role_is_explained_and_every_explanation_is_needed(stacks: dict[str, Stack]) -> None:
    found = {
        (action, _shape(resource)): role.where
        for role in _roles(stacks)
        for action, resource, _ in _pairs(stacks, role)
        if "*" in resource or "*" in action
    }
    assert {pair: where for pair, where in found.items() if pair not in EXPLAINED_WILDCARDS} == {}
    assert sorted(EXPLAINED_WILDCARDS.keys() - found.keys()) == []


def test_a_wildcard_explained_by_a_condition_has_one(stacks: dict[str, Stack]) -> None:
    for role in _roles(stacks):
        for action, resource, statement in _pairs(stacks, role):
            if action in NARROWED_BY_CONDITION:
                assert statement.get("Condition"), f"{role.where}: {action} on {resource}"


def test_a_role_has_no_rights_but_those_written_in_it(stacks: dict[str, Stack]) -> None:
    assert [role.where for role in _roles(stacks) if role.properties.get("ManagedPolicyArns")] == []
    assert [policy.where for policy in everything(stacks, "AWS::IAM::Policy")] == []
    managed = everything(stacks, "AWS::IAM::ManagedPolicy")
    assert [policy.where for policy in managed if policy.properties.keys() & {"Roles", "Users", "Groups"}] == []


def test_what_people_are_offered_writes_to_no_table_and_answers_no_task(stacks: dict[str, Stack], plan: Plan) -> None:
    """The way to an answer is the door, which knows who calls and asks for the facts that were shown."""
    policies = everything(stacks, "AWS::IAM::ManagedPolicy")
    assert len(policies) == len(plan.regions.pair)
    for policy in policies:
        found = policy.properties["PolicyDocument"]["Statement"]
        actions = {action for statement in found for action in listed(statement["Action"])}
        assert {action for action in actions if action.startswith("dynamodb:")} == {
            "dynamodb:GetItem",
            "dynamodb:Query",
        }
        assert "states:SendTaskSuccess" not in actions
        (reads,) = [s for s in found if "dynamodb:GetItem" in listed(s["Action"])]
        keys = reads["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        assert keys == ["INCIDENT#*", "SYSTEM", "BLOCKED"], "the task tokens lie under other keys"


def test_the_operators_door_knows_who_calls(stacks: dict[str, Stack], plan: Plan) -> None:
    urls = everything(stacks, "AWS::Lambda::Url")
    assert [url.properties["AuthType"] for url in urls] == ["AWS_IAM"] * len(plan.regions.pair)
    assert all("Cors" not in url.properties for url in urls)


def test_every_role_is_one_functions_or_one_machines_alone(stacks: dict[str, Stack]) -> None:
    users: list[str] = []
    for resource in everything(stacks, "AWS::Lambda::Function"):
        users.append(f"{resource.stack}/{resource.properties['Role']['Fn::GetAtt'][0]}")
    for resource in everything(stacks, "AWS::StepFunctions::StateMachine"):
        users.append(f"{resource.stack}/{resource.properties['RoleArn']['Fn::GetAtt'][0]}")
    assert len(users) == len(set(users))
    # What is left: the rule that forwards alarms, and the start of the tasks of the workload.
    others = {role.where for role in _roles(stacks)} - set(users)
    assert all("Forward" in where or where.startswith("LyoWorkload") for where in others), others


@functools.cache
def _known(action: str) -> tuple[dict[str, Any], ...]:
    service, name = action.split(":")
    found = get_action_data(service, name)
    return tuple(found[service]) if found else ()


def test_roles_hold_only_actions_that_exist_on_resources_those_actions_have(stacks: dict[str, Stack]) -> None:
    wrong = [
        f"{role.where}: {action} on {resource}"
        for role in _roles(stacks)
        for action, resource, _ in _pairs(stacks, role)
        if not any(_fits(resource, row["resource_arn_format"]) for row in _known(action))
    ]
    assert wrong == []


def _fits(resource: str, form: str) -> bool:
    """Whether a resource of a policy has the form of an ARN that AWS documents."""
    if resource == "*":
        return True
    if "<" in resource:  # the region's key: its ARN is a reference in the template
        return ":key/" in form
    if form.endswith(":log-group:${LogGroupName}"):
        # In policies the ARN of a log group ends in :* (CloudWatch Logs user guide, "Resources and operations").
        resource = resource.removesuffix(":*")
    resource = re.sub(r"(:log-group:[^:]+):\*$", r"\1:log-stream:any", resource)
    resource = resource.replace(":snapshot:rds:", ":snapshot:rds-")
    resource = re.sub(r"(:function:[^:]+):\d+$", r"\1", resource)
    pattern = re.sub(r"\\\$\\\{[^}]*\\\}", r"[^:]+", re.escape(form))
    return re.fullmatch(pattern, resource) is not None


def test_conditions_use_keys_that_their_actions_know(stacks: dict[str, Stack]) -> None:
    """A condition on a key that an action never brings would refuse every call."""
    for role in _roles(stacks):
        for action, _, statement in _pairs(stacks, role):
            for operator in statement.get("Condition", {}).values():
                for key in set(operator) - GLOBAL_KEYS:
                    known = {name for row in _known(action) for name in row["condition_keys"]}
                    assert key in known, f"{role.where}: {action} does not know {key}"


def test_every_step_file_has_a_row_in_the_grants_table_and_every_row_a_step_file() -> None:
    sources = Sources(ROOT)
    folders = {path.name for path in (ROOT / "lambdas" / "lyo_dr" / "steps").iterdir() if path.is_dir()}
    written = {process: set(sources.steps(process)) for process in folders if sources.steps(process)}
    assert written == {process: set(steps) for process, steps in TABLE.items()}


def test_every_grant_says_why(plan: Plan) -> None:
    for process, steps in TABLE.items():
        for step in steps:
            for grant in grants_for(plan, ResourceNames(plan, plan.regions.secondary), process, step):
                assert grant.why, f"{process}.{step}: {grant.actions}"


def test_a_step_without_a_row_is_refused_in_one_sentence(plan: Plan) -> None:
    with pytest.raises(NoGrant, match=r"Improvise of region_failover has no row in stacks/grants/table\.py"):
        grants_for(plan, ResourceNames(plan, "us-west-2"), "region_failover", "Improvise")


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_only_fencing_what_follows_from_it_and_rotation_reach_into_the_other_region(plan: Plan, region: str) -> None:
    reaching = {
        step
        for process, steps in TABLE.items()
        for step in steps
        for grant in grants_for(plan, ResourceNames(plan, region), process, step)
        if grant not in lease(plan, ResourceNames(plan, region))
        for resource in grant.resources
        if f":{plan.regions.peer_of(region)}:" in resource
    }
    # A rotation changes the copies of both regions.
    rotation = {"FinishKey", "CreateSecret", "TestSecret", "FinishSecret", "ProveRetired", "CloseRotation"}
    # Each region's cache has a token of its own.
    rotation |= {"StageToken", "RotateToken", "FinishToken", "RetireToken"}
    # Whoever is blocked here comes back through the load balancer of the other region; the proof tries both.
    breach = {"Receive", "BlockAddresses", "LiftContainment", "ProveContained"}
    assert reaching == rotation | breach | {
        "FenceServices",
        "LiftFence",
        "SettleLimits",  # what LiftFence could not put back
        "FenceSelf",
        "FenceDeposed",
        "CountDivergence",
        "FollowKeys",  # reads which region is active, and the keys of a plan that names some
        "ReplicateAgain",
        "TriageDatabase",  # asks the replica whether it hears its primary
        "AnswerOperator",  # declares a standby: both tables say so
    }


def test_what_sees_passwords_of_a_rotation_reaches_nothing_but_its_own_region(plan: Plan) -> None:
    for step in ("SetPassword", "TryLogin", "RetireUser", "TryToken", "EndCacheSessions"):
        grants = grants_for(plan, ResourceNames(plan, "eu-west-1"), "secret_rotation", step)
        assert all(":eu-west-1:" in resource for grant in grants for resource in grant.resources)


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_a_deposed_region_may_read_its_peers_table_and_nothing_more_of_it(plan: Plan, region: str) -> None:
    there = plan.regions.peer_of(region)
    grants = grants_for(plan, ResourceNames(plan, region), "keeper", "FenceSelf")
    reaching = [grant for grant in grants if any(f":{there}:" in resource for resource in grant.resources)]
    assert {action for grant in reaching for action in grant.actions} == {"dynamodb:GetItem", "kms:Decrypt"}
    (key,) = [grant for grant in reaching if "kms:Decrypt" in grant.actions]
    assert key.conditions["StringEquals"] == {"kms:ViaService": f"dynamodb.{there}.amazonaws.com"}
    assert key.conditions["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": ["alias/lyo-dr"]}


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_counting_asks_for_keys_there_and_looks_for_them_here(plan: Plan, region: str) -> None:
    here, there = ResourceNames(plan, region), ResourceNames(plan, plan.regions.peer_of(region))
    grants = grants_for(plan, here, "keeper", "CountDivergence")
    asked = {resource for grant in grants if "lambda:InvokeFunction" in grant.actions for resource in grant.resources}
    assert asked == {
        there.arn("lambda", f"function:{there.function('keeper', 'ListRecentRows')}"),
        here.arn("lambda", f"function:{here.function('keeper', 'FindRows')}"),
        here.arn("lambda", f"function:{here.function('communications', 'SendMessages')}"),
    }


def test_what_else_reaches_into_the_other_region_is_the_one_lease(plan: Plan) -> None:
    here, there = ResourceNames(plan, "eu-west-1"), ResourceNames(plan, "us-west-2")
    (table, key) = lease(plan, here)
    assert (table.resources, table.actions) == (
        (there.arn("dynamodb", f"table/{there.table}"),),
        ("dynamodb:GetItem", "dynamodb:PutItem"),
    )
    assert key.conditions["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": there.key_alias}


def test_sql_functions_read_secrets_and_do_nothing_else(plan: Plan) -> None:
    for process, steps in TABLE.items():
        for step in steps:
            if speaks_sql(process, step):
                grants = grants_for(plan, ResourceNames(plan, "us-west-2"), process, step)
                actions = {action for grant in grants for action in grant.actions}
                assert actions - FILES_OF_ROWS.get(step, set()) == {"secretsmanager:GetSecretValue"}


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_rows_of_users_go_from_a_database_into_one_bucket_of_its_region_and_back(plan: Plan, region: str) -> None:
    """One function writes files and reads none, the other the other way round; nobody else touches the bucket."""
    names = ResourceNames(plan, region)
    touching = {
        (step, action, resource)
        for process, steps in TABLE.items()
        for step in steps
        for grant in grants_for(plan, names, process, step)
        for action in grant.actions
        if action.startswith("s3:") and names.prefix in grant.resources[0] and "ledger" in grant.resources[0]
        for resource in grant.resources
    }
    files = f"arn:aws:s3:::lyo-dr-ledger-{plan.account}-{region}/*"
    assert touching == {("CompareTable", "s3:PutObject", files), ("WriteRows", "s3:GetObjectVersion", files)}


def test_grants_name_every_database_and_service_of_the_plan(plan: Plan) -> None:
    names = ResourceNames(plan, "us-west-2")
    promote = grants_for(plan, names, "promote_database", "PromoteReplica")
    assert {grant.resources for grant in promote if "rds:PromoteReadReplica" in grant.actions} == {
        (names.instance("lyo-saas-production-postgres-replica"), names.instance("chat-history-replica"))
    }
    raised = grants_for(plan, names, "deploy_service", "RaiseCapacity")
    assert names.service("workers-dr", "worker-dr") in {r for grant in raised for r in grant.resources}
    secrets = grants_for(plan, names, "gather_facts", "ReadReplica")
    assert {resource.split(":")[-1] for grant in secrets for resource in grant.resources} == {
        "lyo-dr/bookings/sql-??????",
        "lyo-dr/chat-history/sql-??????",
    }


def test_the_code_of_a_sql_function_may_not_touch_network_interfaces(stacks: dict[str, Stack]) -> None:
    """AWS Lambda needs these rights in the function's role; the function does not."""
    for role in _roles(stacks):
        network = [s for s in statements(role) if any(a.startswith("ec2:") for a in listed(s["Action"]))]
        if network:
            allowed, denied = network
            assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
            assert allowed["Action"] == denied["Action"]
            (function,) = denied["Condition"]["ArnEquals"].values()
            assert function.startswith("arn:aws:lambda:"), role.where


def test_grants_and_readers_know_nothing_of_the_cdk() -> None:
    pure = [*(ROOT / "stacks" / "grants").glob("*.py"), ROOT / "stacks" / "asl.py", ROOT / "stacks" / "checks.py"]
    assert [path.name for path in pure if "aws_cdk" in path.read_text()] == []


def test_nothing_may_pass_a_role_or_change_iam(stacks: dict[str, Stack]) -> None:
    granted = {action for role in _roles(stacks) for action, _, _ in _pairs(stacks, role)}
    found = {action for action in granted if action.startswith(("iam:", "sts:", "route53:", "organizations:"))}
    assert found == {"iam:PutRolePolicy", "iam:GetRolePolicy"}, "ending older sessions, and seeing that they ended"


def test_only_the_end_of_sessions_changes_a_role_and_only_those_the_plan_names(plan: Plan) -> None:
    changing = {
        (step, resource)
        for process, steps in TABLE.items()
        for step in steps
        for grant in grants_for(plan, ResourceNames(plan, "eu-west-1"), process, step)
        if "iam:PutRolePolicy" in grant.actions
        for resource in grant.resources
    }
    assert plan.breach is not None
    assert changing == {("RevokeSessions", f"arn:aws:iam::{plan.account}:role/{role}") for role in plan.breach.roles}
