"""Shared by the cache token steps: reading copies of the secret, calling the functions inside the VPC."""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters.aws.secretsmanager import labels, read_text, version_text
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_text import value_of
from lyo_dr.decisions.rotation.cache_tokens import TokenCopy, cache_url
from lyo_dr.errors import AwsCallFailed, InvalidSecret
from lyo_dr.model.cache import FORMER_TOKEN, NEW_TOKEN, CacheUrl, TokenPlace
from lyo_dr.model.plan import Cache, Plan
from lyo_dr.model.rotation import LoginTry
from lyo_dr.services.common.sql_functions import ask


def read_tokens(plan: Plan, cache: Cache, region: str) -> TokenCopy:
    """One region's copy. Raises InvalidSecret, or what the calls raise."""
    found = labels(plan.secret_in(cache.secret, region), region).versions
    staged, former = found.get(NEW_TOKEN + cache.name), found.get(FORMER_TOKEN + cache.name)
    return TokenCopy(
        current=url_in(plan, cache, region, "").token,
        staged_id=staged,
        staged=_token_or_none(plan, cache, region, staged),
        former_id=former,
        former=_token_or_none(plan, cache, region, former),
    )


def text_in(plan: Plan, cache: Cache, region: str, version: str) -> str | None:
    """One version of the secret as it was written; the current one for an empty id."""
    name = plan.secret_in(cache.secret, region)
    return version_text(name, region, version) if version else read_text(name, region)


def url_in(plan: Plan, cache: Cache, region: str, version: str) -> CacheUrl:
    """Where one version leads, and with which token; the current one for an empty id. Raises InvalidSecret."""
    return cache_url(value_of(text_in(plan, cache, region, version), cache.key))


def try_token(ctx: StepContext, place: TokenPlace, version: str) -> LoginTry:
    """Ask the function beside the cache what it says to the token of one version."""
    return ask(ctx, "TryToken", _asked(place, version=version), LoginTry, region=place.region)


def _asked(place: TokenPlace, **more: Any) -> dict[str, Any]:
    return {"cache": place.cache, **more}


def _token_or_none(plan: Plan, cache: Cache, region: str, version: str | None) -> str | None:
    try:
        return None if version is None else url_in(plan, cache, region, version).token
    except (AwsCallFailed, InvalidSecret):
        return None
