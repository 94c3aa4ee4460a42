"""What a person is told when AWS cannot be asked: one sentence that says what to do, never a traceback."""

from __future__ import annotations

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
_NOT_DEPLOYED = {"ResourceNotFoundException", "StateMachineDoesNotExist"}


def explain(error: LyoDrError, region: str) -> str:
    """One sentence: what is wrong in ``region``, and what to do about it."""
    cause = error.__cause__
    code = cause.response.get("Error", {}).get("Code", "") if isinstance(cause, ClientError) else ""
    return _credentials(cause, code) or _deployment(error, code, region) or _answer(error, cause, region)


def _credentials(cause: BaseException | None, code: str) -> str | None:
    if isinstance(cause, _NO_LOGIN):
        return "your AWS login has ended; log in again (aws sso login)"
    if isinstance(cause, _NO_CREDENTIALS):
        return (
            f"there are no usable AWS credentials ({_short(cause)}); set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY"
        )
    if code in _BAD_CREDENTIALS:
        return f"AWS does not accept your credentials ({code}); renew them, and see that the clock is right"
    return None


def _deployment(error: LyoDrError, code: str, region: str) -> str | None:
    if code in _NOT_DEPLOYED or isinstance(error, NotFound):
        return (
            f"Lyo DR is not deployed in {region} of this account under this plan (docs/how-to/deploy.md); "
            "a local AWS has a plan of its own, named by LYO_DR_PLAN"
        )
    if isinstance(error, AccessDenied):
        return f"your credentials may not do this in {region}: {error}"
    return None


def _answer(error: LyoDrError, cause: BaseException | None, region: str) -> str:
    if isinstance(error, Throttled):
        return f"AWS asks to slow down in {region}; try again in a minute"
    return _silence(error, cause, region) if isinstance(error, ServiceUnreachable) else str(error)


def _silence(error: LyoDrError, cause: BaseException | None, region: str) -> str:
    local = endpoint()
    if local is not None and isinstance(cause, EndpointConnectionError):
        return (
            f"nothing answers at {local} (AWS_ENDPOINT_URL); start a local AWS with `lyo-dr drill --keep`, "
            "or unset the variable"
        )
    where = f" at {local} (AWS_ENDPOINT_URL)" if local else ""
    if isinstance(cause, (ConnectTimeoutError, ReadTimeoutError)):
        return f"{region} does not answer{where}: nothing came within the time allowed"
    return f"{region} does not answer{where}: {_short(cause or error)}"


def _short(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")
