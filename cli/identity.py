"""Who AWS sees behind the credentials of this command, and whether the plan is for that account.

GetCallerIdentity needs no permission (AWS STS API reference) and is asked in the region that is worked in.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from botocore.parsers import ResponseParserError

from cli.environment import person
from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import AccessDenied, LyoDrError
from lyo_dr.model.plan import Plan

_SECONDS = 3.0


@dataclass(frozen=True)
class Identity:
    """An AWS identity, as AWS names it."""

    account: str
    arn: str


class OtherAccount(AccessDenied):
    """The plan is for another account than the credentials."""


def check_account(plan: Plan, region: str) -> None:
    """Raises OtherAccount. Where STS does not answer nothing is known, and the call itself shows what it may."""
    seen = _seen(region)
    if seen is not None and seen.account != plan.account:
        raise OtherAccount(
            f"your credentials are for account {seen.account}, but the plan is for {plan.account}; "
            "choose others by AWS_PROFILE, or another plan by --plan"
        )


def caller_name(region: str, by: str | None) -> str:
    """The AWS identity that starts something, with the name that was given; it says so where AWS did not answer."""
    seen = _seen(region)
    if seen is not None:
        return f"{seen.arn} (for {by})" if by else seen.arn
    return f"{by or person() or 'an unnamed user'} (not confirmed by AWS)"


def prewarm_identity(region: str) -> None:
    """Build the client; nothing is sent. Raises what a missing profile raises."""
    _client(region)


def _client(region: str) -> Any:
    return client("sts", region, read_seconds=_SECONDS, attempts=1)


def _seen(region: str) -> Identity | None:
    try:
        with calling(f"asking in {region} who you are"):
            return _identity(_client(region))
    except (LyoDrError, ResponseParserError):
        return None


@functools.cache
def _identity(sts: Any) -> Identity:
    """Asked once for each client; what it raises is asked again."""
    found = sts.get_caller_identity()
    return Identity(str(found["Account"]), str(found["Arn"]))
