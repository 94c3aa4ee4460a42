"""Errors of AWS calls as one sentence that says what to do, never a traceback."""

from __future__ import annotations

import re

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from cli.environment import endpoint
from cli.identity import OtherAccount
from lyo_dr.errors import AccessDenied, LyoDrError, NotFound, ServiceUnreachable, Throttled

_NO_CREDENTIALS = (CredentialRetrievalError, NoCredentialsError, PartialCredentialsError, ProfileNotFound)
_NO_LOGIN = (SSOError, SSOTokenLoadError, TokenRetrievalError, UnauthorizedSSOTokenError)
_BAD_CREDENTIALS = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_DENIED = re.compile(r"User: (?P<who>\S+) is not authorized to perform: (?P<action>[\w:-]+)")
_NOT_DEPLOYED = {"ResourceNotFoundException", "StateMachineDoesNotExist"}


def explain(error: LyoDrError, region: str) -> str:
    """Describe in one sentence what is wrong in ``region``, and what to do about it."""
    cause = error.__cause__
    code = cause.response.get("Error", {}).get("Code", "") if isinstance(cause, ClientError) else ""
    return _credentials(cause, code) or _deployment(error, code, region) or _answer(error, cause, region)


def _credentials(cause: BaseException | None, code: str) -> str | None:
    if isinstance(cause, _NO_LOGIN):
        return "your AWS login has expired; log in again (aws sso login)"
    if isinstance(cause, _NO_CREDENTIALS):
        return (
            f"there are no usable AWS credentials ({_short(cause)}); set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY"
        )
    if code in _BAD_CREDENTIALS:
        return f"AWS does not accept your credentials ({code}); renew them, and check the clock of this machine"
    return None


def _deployment(error: LyoDrError, code: str, region: str) -> str | None:
    if code in _NOT_DEPLOYED or isinstance(error, NotFound):
        return (
            f"Lyo DR is not deployed in {region} of this account under this plan (docs/how-to/deploy.md); "
            "for a local AWS set LYO_DR_PLAN to its plan"
        )
    if isinstance(error, OtherAccount):
        return str(error)
    if isinstance(error, AccessDenied):
        return _denied(error, region)
    return None


def _answer(error: LyoDrError, cause: BaseException | None, region: str) -> str:
    if isinstance(error, Throttled):
        return f"AWS throttles requests in {region}; try again in a minute"
    return _unreachable(error, cause, region) if isinstance(error, ServiceUnreachable) else str(error)


def _unreachable(error: LyoDrError, cause: BaseException | None, region: str) -> str:
    local = endpoint()
    if local is not None and isinstance(cause, EndpointConnectionError):
        return (
            f"no response from {local} (AWS_ENDPOINT_URL); start a local AWS with `lyo-dr drill --keep`, "
            "or unset the variable"
        )
    where = f" at {local} (AWS_ENDPOINT_URL)" if local else ""
    if isinstance(cause, (ConnectTimeoutError, ReadTimeoutError)):
        return f"{region} does not answer{where}: the request timed out"
    return f"{region} does not answer{where}: {_short(cause or error)}"


def _denied(error: LyoDrError, region: str) -> str:
    """Only who and what: AWS's own sentence repeats account, resource and reason over several lines."""
    match = _DENIED.search(str(error))
    if match is None:
        return f"your credentials do not allow this in {region}: {error}"
    return f"your credentials do not allow this in {region}: {match['who'].rpartition(':')[2]} needs {match['action']}"


def _short(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")
