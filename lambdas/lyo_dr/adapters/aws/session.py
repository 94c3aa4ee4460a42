"""Clients with short timeouts, and the translation of every refusal into our own errors.

botocore's defaults (60 s to connect, 60 s to read, legacy retries) would let one black-holed call eat
the budget of a step (botocore.config.Config reference).
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError
from botocore.loaders import Loader

from lyo_dr import errors

_THROTTLES = {
    "KMSThrottling",
    "KMSThrottlingException",
    "KmsThrottlingException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
}
_REFUSALS: dict[str, type[errors.LyoDrError]] = {
    "WAFNonexistentItemException": errors.NotFound,
    "WAFOptimisticLockException": errors.WriteConflict,
    "AccessDenied": errors.AccessDenied,
    "AccessDeniedException": errors.AccessDenied,
    "AuthorizationError": errors.AccessDenied,
    "AuthorizationErrorException": errors.AccessDenied,
    "KMSAccessDenied": errors.AccessDenied,
    "KMSAccessDeniedException": errors.AccessDenied,
    "KmsAccessDeniedException": errors.AccessDenied,
    "UnauthorizedOperation": errors.AccessDenied,
    "ConditionalCheckFailedException": errors.ConditionFailed,
    # A call that took effect and was not heard of is made again by botocore: what it made is there.
    "DBInstanceAlreadyExists": errors.WrongState,
    "DBInstanceAlreadyExistsFault": errors.WrongState,
    "DBSnapshotAlreadyExists": errors.WrongState,
    "DBSnapshotAlreadyExistsFault": errors.WrongState,
    "DBInstanceAutomatedBackupNotFound": errors.NotFound,
    "DBInstanceAutomatedBackupNotFoundFault": errors.NotFound,
    "DBInstanceNotFound": errors.NotFound,
    "DBInstanceNotFoundFault": errors.NotFound,
    "DBParameterGroupNotFound": errors.NotFound,
    "DBParameterGroupNotFoundFault": errors.NotFound,
    "ExecutionDoesNotExist": errors.NotFound,
    "InvalidDBParameterGroupState": errors.WrongState,
    "InvalidDBParameterGroupStateFault": errors.WrongState,
    "InvalidGroup.NotFound": errors.NotFound,
    "NoSuchChange": errors.NotFound,
    "NoSuchEntity": errors.NotFound,
    "NoSuchEntityException": errors.NotFound,
    "NoSuchHostedZone": errors.NotFound,
    "NotFound": errors.NotFound,
    "NotFoundException": errors.NotFound,
    "ResourceNotFound": errors.NotFound,
    "ResourceNotFoundException": errors.NotFound,
    "StateMachineDoesNotExist": errors.NotFound,
    "TrailNotFoundException": errors.NotFound,
    "ServiceNotFoundException": errors.NotFound,
    "ClusterNotFoundException": errors.NotFound,
    "ObjectNotFoundException": errors.NotFound,
    "InvalidParameter": errors.MessageRefused,
    "ParameterValueInvalid": errors.MessageRefused,
    "InvalidToken": errors.TaskTokenExpired,
    "TaskDoesNotExist": errors.TaskTokenExpired,
    "TaskTimedOut": errors.TaskTokenExpired,
    "InvalidDBInstanceState": errors.WrongState,
    "InvalidDBInstanceStateFault": errors.WrongState,
    "InvalidReplicationGroupState": errors.WrongState,
    "InvalidReplicationGroupStateFault": errors.WrongState,
    "ReplicationGroupNotFoundFault": errors.NotFound,
    # A function that idled is being made ready again (Lambda developer guide, "Function states").
    "ResourceConflictException": errors.ServiceUnreachable,
    "ResourceNotReadyException": errors.ServiceUnreachable,
    "InternalError": errors.ServiceUnreachable,
    "InternalFailure": errors.ServiceUnreachable,
    "InternalServerError": errors.ServiceUnreachable,
    "ServerException": errors.ServiceUnreachable,
    "ServiceUnavailable": errors.ServiceUnreachable,
    "ServiceUnavailableException": errors.ServiceUnreachable,
}


class DirectLoader(Loader):  # type: ignore[misc]  # botocore has no types
    """Reads the model of the service that is asked for, and looks at no other.

    botocore's own loader looks into the folder of each of its four hundred services before it reads one, twice for
    each first client: a third of a cold start (botocore.loaders, ``list_available_services``). A service whose folder
    has no model is refused all the same, with ``DataNotFoundError``.
    """

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - botocore's signature
        """The folders of services, whatever is in them."""
        return [name for path in self.search_paths if os.path.isdir(path) for name in os.listdir(path)]


@functools.cache
def _session() -> botocore.session.Session:
    """One session for the life of the function: building it costs most of a cold start."""
    session = botocore.session.get_session()
    session.register_component("data_loader", DirectLoader())
    return session


@functools.cache
def client(service: str, region: str, *, read_seconds: float = 5.0, attempts: int = 4) -> Any:
    """A cached client. ``attempts`` counts the first call too; connecting may take 2 s at most.

    A step makes about eight calls. With three attempts each, and every second call throttled, it would come through
    once in three runs; with four, three times in five. Four silences of 5 s still end before the function does.
    """
    return _session().create_client(
        service,
        region_name=region,
        config=Config(
            connect_timeout=min(2.0, read_seconds),
            read_timeout=read_seconds,
            retries={"total_max_attempts": attempts, "mode": "standard"},
        ),
    )


@contextmanager
def calling(what: str) -> Iterator[None]:
    """Turn botocore's errors into ours; ``what`` says in words what was tried, for the sentence."""
    try:
        yield
    except ClientError as refusal:
        raise _translate(what, refusal) from refusal
    except NoCredentialsError as missing:
        raise errors.AccessDenied(f"{what}: there are no credentials") from missing
    except ParamValidationError as wrong:
        raise errors.AwsCallFailed(f"{what}: {wrong}") from wrong
    except BotoCoreError as silence:
        raise errors.ServiceUnreachable(f"{what}: no answer ({type(silence).__name__})") from silence


def _translate(what: str, refusal: ClientError) -> errors.LyoDrError:
    code = refusal.response.get("Error", {}).get("Code", "Unknown")
    text = refusal.response.get("Error", {}).get("Message", "")
    if code in _THROTTLES:
        return errors.Throttled(f"{what}: AWS asks to slow down ({code})")
    return _REFUSALS.get(code, _by_status(refusal))(f"{what}: {code}: {text}")


def _by_status(refusal: ClientError) -> type[errors.LyoDrError]:
    """A code we do not know: a proxy in between answers with its own, but the status tells busy from wrong."""
    status = int(refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    if status == 429:
        return errors.Throttled
    return errors.ServiceUnreachable if status >= 500 else errors.AwsCallFailed
