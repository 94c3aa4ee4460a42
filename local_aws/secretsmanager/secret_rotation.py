"""Patch: a rotation runs the customer's function.

moto knows only functions of its own, runs all steps within the call, marks the version current whatever the function
did, begins anew over an unfinished rotation, and without a function copies the value. Secrets Manager answers at once,
stages an empty version as AWSPENDING and runs the function four times with that version's id as token: createSecret,
setSecret, testSecret, finishSecret. The function moves the labels. A step that fails ends it, AWSPENDING stays where it
is, and the next rotation is refused (user guide of Secrets Manager, "Rotation by Lambda function"). Secrets Manager
itself tries a failed rotation again, hours later; that is not played.
"""

import json
import logging
import threading
import time
import uuid
from typing import Any

import boto3
import botocore.config
import botocore.exceptions
from moto.secretsmanager import models, responses
from moto.secretsmanager.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    OperationNotPermittedOnReplica,
    SecretNotFoundException,
    SecretsManagerClientError,
)

ENDPOINT_HEADER = "x-local-aws-endpoint"
"""With each request the gateway says where it listens: functions are run through it, as by any other caller."""

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")

_LOG = logging.getLogger(__name__)
_PRINCIPAL = "secretsmanager.amazonaws.com"
_LONGEST_STEP_SECONDS = 60


def apply() -> None:
    """Answer RotateSecret; AttributeError when moto no longer does."""
    _ = responses.SecretsManagerResponse.rotate_secret
    responses.SecretsManagerResponse.rotate_secret = _rotate_secret


def _rotate_secret(self: Any) -> str:
    secret = _own_secret(self.backend.secrets, self._get_param("SecretId"))
    token = self._get_param("ClientRequestToken") or str(uuid.uuid4())
    function = self._get_param("RotationLambdaARN") or secret.rotation_lambda_arn
    if not function:
        raise InvalidRequestException("No Lambda rotation function ARN is associated with this secret.")
    _require_nothing_pending(secret, token)
    functions = _functions(self.headers.get(ENDPOINT_HEADER, ""), self.region, self.current_account)
    _require_permission(functions, function)
    _set_rules(secret, self._get_param("RotationRules") or {})
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = function
    rotation = _Rotation(secret, token, functions, now=self._get_bool_param("RotateImmediately", True))
    rotation.begin()
    answer: str = secret.to_short_dict(version_id=token)
    return answer


class _Rotation:
    """One rotation of a secret; with ``now`` false the configuration is only tested, on a version that is removed."""

    def __init__(self, secret: Any, token: str, functions: Any, now: bool) -> None:
        self._secret, self._token, self._functions, self._now = secret, token, functions, now

    def begin(self) -> None:
        """Stage the version and run the steps in the background."""
        self._secret.remove_version_stages_from_old_versions(["AWSPENDING"])
        empty: dict[str, Any] = {"createdate": int(time.time()), "version_id": self._token, "version_stages": []}
        version: dict[str, Any] = self._secret.versions.setdefault(self._token, empty)
        version["version_stages"].append("AWSPENDING")
        threading.Thread(target=self._run, daemon=True, name="rotation").start()

    def _run(self) -> None:
        try:
            for step in STEPS if self._now else ("testSecret",):
                self._call(step)
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, _StepFailed) as error:
            # A function's message may quote what it rotates.
            _LOG.warning("rotation of %s stopped: %s", self._secret.name, type(error).__name__)
        else:
            self._secret.last_rotation_date = int(time.time())
        if not self._now:
            del self._secret.versions[self._token]

    def _call(self, step: str) -> None:
        event = {"Step": step, "SecretId": self._secret.arn, "ClientRequestToken": self._token}
        answer = self._functions.invoke(FunctionName=self._secret.rotation_lambda_arn, Payload=json.dumps(event))
        if answer.get("FunctionError"):
            raise _StepFailed(step)


class _StepFailed(Exception):
    """The function failed in a step."""


def _own_secret(secrets: Any, name: str) -> Any:
    secret = secrets.get(name)
    if secret is None:
        raise SecretNotFoundException
    if isinstance(secret, models.ReplicaSecret):
        raise OperationNotPermittedOnReplica
    if secret.is_deleted():
        raise InvalidRequestException("You can't perform this operation on a secret marked for deletion.")
    return secret


def _require_nothing_pending(secret: Any, token: str) -> None:
    for name, version in secret.versions.items():
        stages = version["version_stages"]
        if "AWSPENDING" in stages and "AWSCURRENT" not in stages and name != token:
            raise InvalidRequestException("A previous rotation isn't complete. That rotation will be reattempted.")


def _set_rules(secret: Any, rules: dict[str, Any]) -> None:
    days = rules.get("AutomaticallyAfterDays")
    if days is None:
        return
    if not 1 <= days <= 1000:
        raise InvalidParameterException("RotationRules.AutomaticallyAfterDays must be within 1-1000.")
    secret.auto_rotate_after_days = days
    secret.next_rotation_date = int(time.time()) + days * 86400


def _functions(endpoint: str, region: str, account: str) -> Any:
    """Return a client of Lambda, as which Secrets Manager is known to the record of calls."""
    if not endpoint:
        raise InvalidRequestException("It is not known where functions run: call Secrets Manager through the gateway.")
    config = botocore.config.Config(
        user_agent_appid="secretsmanager", read_timeout=_LONGEST_STEP_SECONDS, retries={"total_max_attempts": 1}
    )
    return boto3.session.Session().client(
        "lambda",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=account,
        aws_secret_access_key="unchecked",  # noqa: S106 - the account's own key is not checked
        config=config,
    )


def _require_permission(functions: Any, function: str) -> None:
    """The function's own policy has to let Secrets Manager in."""
    try:
        policy = json.loads(functions.get_policy(FunctionName=function)["Policy"])
    except botocore.exceptions.ClientError:
        policy = {"Statement": []}
    if not any(_lets_in(statement) for statement in policy["Statement"]):
        raise SecretsManagerClientError(
            "AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access"
            f" to the principal {_PRINCIPAL}.",
        )


def _lets_in(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    return statement["Effect"] == "Allow" and _PRINCIPAL in (services if isinstance(services, list) else [services])
