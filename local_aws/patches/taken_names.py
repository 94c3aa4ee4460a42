"""What is there already is not created again, and what is protected is not deleted.

Upstream overwrites a table, an alias, an alarm, a log group, a topic, a queue, a role, a function or a state machine of
the same name when a template creates one, and deletes a protected table. CloudFormation fails with "already exists",
and with "Resource cannot be deleted as it is currently protected against deletion" (CloudFormation user guide,
"Troubleshooting CloudFormation"; DynamoDB developer guide, "Using deletion protection"). A stack whose creation was
rolled back has to be deleted before it is created again, where upstream creates it over the old one.

Upstream publishes a version after any change of a function, also one that was taken back. AWS publishes none while code
and configuration are those of the last version (Lambda API reference, PublishVersion), and CloudFormation fails.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation as formation
from ministack.services import cloudwatch, cloudwatch_logs, dynamodb, iam, kms, lambda_svc, sns, sqs, stepfunctions
from ministack.services.cloudformation import handlers, provisioners

from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.cloudformation:_stacks",
    "ministack.services.cloudformation.handlers:_ACTION_HANDLERS",
    "ministack.services.cloudformation.handlers:_create_stack",
    "ministack.services.cloudformation.handlers:_error",
    "ministack.services.cloudformation.handlers:_p",
    "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    "ministack.services.cloudformation.provisioners:_lambda_version_function",
    "ministack.services.cloudwatch:_alarms",
    "ministack.services.cloudwatch_logs:_log_groups",
    "ministack.services.dynamodb:_tables",
    "ministack.services.iam:_roles",
    "ministack.services.kms:_aliases",
    "ministack.services.lambda_svc:_functions",
    "ministack.services.sns:_topics",
    "ministack.services.sqs:_queue_name_to_url",
    "ministack.services.stepfunctions:_state_machines",
)

Known = Callable[[str], bool]


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


_NAMED: dict[str, tuple[str, Known]] = {
    "AWS::CloudWatch::Alarm": ("AlarmName", lambda name: name in cloudwatch._alarms),
    "AWS::DynamoDB::Table": ("TableName", lambda name: name in dynamodb._tables),
    "AWS::IAM::Role": ("RoleName", lambda name: name in iam._roles),
    "AWS::KMS::Alias": ("AliasName", lambda name: _arn("kms", name) in kms._aliases),
    "AWS::Lambda::Function": ("FunctionName", lambda name: name in lambda_svc._functions),
    "AWS::Logs::LogGroup": ("LogGroupName", lambda name: name in cloudwatch_logs._log_groups),
    "AWS::SNS::Topic": ("TopicName", lambda name: _arn("sns", name) in sns._topics),
    "AWS::SQS::Queue": ("QueueName", lambda name: name in sqs._queue_name_to_url),
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName",
        lambda name: _arn("states", f"stateMachine:{name}") in stepfunctions._state_machines,
    ),
}
"""The property that names a resource of each type, and whether one of that name exists."""


_VERSIONED = (
    "CodeSha256",
    "Description",
    "Environment",
    "Handler",
    "Layers",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
)
"""What makes another version of a function."""


class RefusedError(Exception):
    """CloudFormation cannot create or delete a resource; the message is its reason."""


def apply(_world: PatchContext) -> None:
    """Look before anything is created or deleted."""
    for kind, (member, known) in _NAMED.items():
        handler = provisioners._RESOURCE_HANDLERS[kind]
        handler["create"] = _creating(kind, member, known, handler["create"])
    version = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Version"]
    version["create"] = _publishing(version["create"])
    table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    table["delete"] = _deleting(table["delete"])
    handlers._ACTION_HANDLERS["CreateStack"] = _create_stack


def _creating(kind: str, member: str, known: Known, create: Callable[..., Any]) -> Callable[..., Any]:
    def create_what_is_new(logical_id: str, properties: Mapping[str, Any], stack: str) -> Any:
        name = properties.get(member)
        if name and known(name):
            raise RefusedError(f"Resource of type '{kind}' with identifier '{name}' already exists.")
        return create(logical_id, properties, stack)

    return create_what_is_new


def _deleting(delete: Callable[..., Any]) -> Callable[..., Any]:
    def delete_unless_protected(name: str, properties: Mapping[str, Any]) -> Any:
        if name in dynamodb._tables and str(properties.get("DeletionProtectionEnabled")).lower() == "true":
            raise RefusedError(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection"
                " first."
            )
        return delete(name, properties)

    return delete_unless_protected


def _publishing(create: Callable[..., Any]) -> Callable[..., Any]:
    def publish_what_changed(logical_id: str, properties: Mapping[str, Any], stack: str) -> Any:
        function, _name = provisioners._lambda_version_function(properties)
        versions = function["versions"] if function else {}
        if versions:
            last = max(versions, key=int)
            if all(versions[last]["config"].get(name) == function["config"].get(name) for name in _VERSIONED):
                raise RefusedError(
                    f"A version for this Lambda function exists ( {last} ). Modify the function to create a new"
                    " version."
                )
        return create(logical_id, properties, stack)

    return publish_what_changed


def _create_stack(params: Mapping[str, Any]) -> Any:
    name = handlers._p(params, "StackName")
    found = formation._stacks.get(name)
    if found is not None and found.get("StackStatus") == "ROLLBACK_COMPLETE":
        return handlers._error("AlreadyExistsException", f"Stack [{name}] already exists")
    return handlers._create_stack(params)
