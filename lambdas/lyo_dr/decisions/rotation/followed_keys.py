"""Keys that follow: the standby brings them from the active region's secret. When, which, and into what text. Pure.

Logins and tokens of caches are none of them (``Plan.followed``). Sentences name keys and versions, never a value.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import msgspec

from lyo_dr.decisions.common.addresses.secret_text import added, has_key, value_of, with_value
from lyo_dr.decisions.common.messages import Message, to_responders
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.issuer import Outstanding
from lyo_dr.model.plan import PLACEHOLDER
from lyo_dr.model.rotation import Followed, FollowingFails, SourceSeen

PATIENCE = timedelta(hours=1)
"""How long keys may not be brought before responders are notified: slow is no verdict."""
_ROUNDS = timedelta(minutes=15)
"""Failures further apart than three rounds are two stories."""
_NOT_REPLACED = ("new", "by_hand")
"""Outstanding, and the new value is not handed over: what the active region holds may be known to an intruder."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What may forbid it: both regions' records and pauses, the one lease, and incidents that run in either region."""

    here: str
    mine: SystemRecord
    theirs: SystemRecord
    paused: str | None
    lease: Lease | None
    running: list[str]


def why_not_now(found: Situation, *, now: datetime, grace: timedelta) -> str | None:
    """Why nothing may be brought; None if it may.

    A lease that expired within ``grace`` may still be renewed by its holder.
    """
    lease = found.lease
    if found.mine.standby_region != found.here or found.mine.active_region == found.here:
        return f"{found.here} is not the standby"
    if found.mine != found.theirs:
        return f"the records of both regions differ (epochs {found.mine.epoch} and {found.theirs.epoch})"
    if found.paused is not None:
        return f"the automation is {found.paused}"
    if lease is not None and not lease.released and lease.expires_at + grace > now:
        return f"{lease.holder} holds the lease"
    if found.running:
        return f"{found.running[0]} is running"
    return None


def replicated_by_aws(primary: str | None, replicas: list[str], *, here: str, peer: str) -> bool:
    """Whether Secrets Manager itself keeps the copies alike: the one here is a replica, or has one in the other region.

    A replica cannot be written, and writing its primary would write into the active region.
    """
    return primary not in (None, here) or peer in replicas


def differing(keys: list[str], source: str | None, own: str | None) -> list[str]:
    """The keys whose value differs here. What the source does not have, or has empty, is left alone.

    Raises InvalidSecret.
    """
    there = [key for key in keys if has_key(source, key) and _is_filled(value_of(source, key))]
    return [key for key in there if not has_key(own, key) or value_of(own, key) != value_of(source, key)]


def brought(keys: list[str], source: str | None, own: str | None) -> str:
    """The text of the secret here with these keys as they are there; every other byte stays. Raises InvalidSecret."""
    text = own or ""
    for key in keys:
        put = with_value if has_key(text, key) else added
        text = put(text, key, value_of(source, key))
    return text


def _is_filled(value: Any) -> bool:
    return value.strip() not in ("", PLACEHOLDER) if isinstance(value, str) else value not in (None, [], {})


def withheld(tasks: list[Outstanding | None]) -> bool:
    """Whether a key is outstanding in either region and has not been replaced yet."""
    return any(task is not None and task.wanted in _NOT_REPLACED for task in tasks)


def seen_again(before: SourceSeen | None, version: str, now: datetime) -> SourceSeen:
    """Since when this version of the source has been looked at."""
    return before if before is not None and before.version == version else SourceSeen(version=version, since=now)


def has_settled(seen: SourceSeen, after: timedelta, now: datetime) -> bool:
    """Whether it has stood long enough: a value that was mistyped, or put in by an intruder, can be taken back."""
    return now - seen.since >= after


def version_id(secret: str, source: str, own: str, keys: list[str]) -> str:
    """The id of the new version here: the same keys of the same versions are written once."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(["follow", secret, source, own, keys])))


def failed_again(before: FollowingFails | None, now: datetime) -> FollowingFails:
    """For how long it has not worked, as of a failure now."""
    goes_on = before is not None and now - before.last <= _ROUNDS
    return FollowingFails(since=before.since if before is not None and goes_on else now, last=now)


def lasts(found: FollowingFails) -> bool:
    """Whether responders should know."""
    return found.last - found.since >= PATIENCE


def not_brought(peer: str, found: FollowingFails, sentences: list[str]) -> list[Message]:
    """Notice that the standby's secrets are not kept alike any more; sent once per failure that lasts."""
    lines = "\n".join(f"- {sentence}" for sentence in sentences)
    return [
        to_responders(
            "Keys do not follow into the standby's secrets",
            f"Since {found.since:%Y-%m-%d %H:%M} UTC ({humanize(found.last - found.since)}):\n\n{lines}\n\n"
            f"A key that is changed in {peer} meanwhile is not known here; after a failover tasks would start with the "
            "former one. It is tried again every five minutes. docs/how-to/rotate-secrets.md, 'Keys that follow'.\n",
        )
    ]


def is_done(found: dict[str, Followed]) -> bool:
    """Whether nothing is left to bring."""
    return all(each.status in ("same", "brought", "replicated") for each in found.values())


def summary(found: dict[str, Followed]) -> str:
    """The most telling of several results."""
    order = ("failed", "brought", "waiting", "settling", "withheld", "replicated", "same")
    statuses = {each.status for each in found.values()}
    return next((status for status in order if status in statuses), "same")
