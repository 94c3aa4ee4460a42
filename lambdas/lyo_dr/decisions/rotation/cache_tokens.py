"""Rotation of a cache's AUTH token: parsing its URL, the next step, and when a token counts as tested."""

from __future__ import annotations

import re
import secrets
import string
from typing import Any, Literal
from urllib.parse import quote, unquote

import msgspec

from lyo_dr.errors import InvalidSecret
from lyo_dr.model.cache import CacheGroup, CacheUrl, TokenPlace
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.rotation import LoginTry
from lyo_dr.model.verdict import Progress

_LENGTH = 64
_SIGNS = string.ascii_letters + string.digits
_PORT = 6379
_PLACE = re.compile(r"(?:(?P<host>[A-Za-z0-9._-]+)|\[(?P<v6>[0-9A-Fa-f:.]+)\])(?::(?P<port>[0-9]{0,5}))?(?:[/?].*)?")
_UNCLEAR = re.compile(r"[#\\\s\x00-\x1f\x7f]|%(?![0-9A-Fa-f]{2})")


class TokenCopy(msgspec.Struct, frozen=True, kw_only=True):
    """One region's copy of a secret: its tokens and their version ids. None if there is no such version."""

    current: str
    staged_id: str | None = None
    staged: str | None = None
    former_id: str | None = None
    former: str | None = None

    def __repr__(self) -> str:
        """Never the tokens."""
        return f"TokenCopy({self.staged_id}, {self.former_id})"


def new_token() -> str:
    """64 letters and digits, of all three character classes.

    ElastiCache takes 16 to 128 printable characters, of the others only ``!&#$^<>-``, and advises three kinds of
    characters (ElastiCache user guide, "Authenticating with the Valkey and Redis OSS AUTH command",
    docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html). Letters and digits need no escapes in a URL.
    """
    while True:
        token = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        if any(c.islower() for c in token) and any(c.isupper() for c in token) and any(c.isdigit() for c in token):
            return token


def cache_url(url: Any) -> CacheUrl:
    """Parse a cache's URL. Raises InvalidSecret, which never quotes it."""
    head, login, rest = _parts(url)
    user, colon, token = login.partition(":")
    if user not in ("", "default"):
        raise InvalidSecret(
            "the cache's URL names a user; a token belongs to no user, write rediss://:token@host:port/0"
        )
    if not colon or not token:
        raise InvalidSecret("the cache's URL has no token before an @; write rediss://:token@host:port/0")
    place = _PLACE.fullmatch(rest)
    if place is None:
        raise InvalidSecret("the cache's URL names no plain host; write rediss://:token@host:port/0")
    return CacheUrl(
        host=(place["host"] or place["v6"]).lower(),
        port=int(place["port"] or _PORT),
        tls=head == "rediss://",
        token=unquote(token),
    )


def with_token(url: Any, token: str) -> str:
    """The same URL with another token; user, host, port, path and options stay as they are. Raises InvalidSecret."""
    cache_url(url)
    head, login, rest = _parts(url)
    return f"{head}{login.partition(':')[0]}:{quote(token, safe='')}@{rest}"


def _parts(url: Any) -> tuple[str, str, str]:
    """Scheme with its slashes, the part before the last @ of the authority, and the rest."""
    scheme, slashes, rest = url.partition("://") if isinstance(url, str) else ("", "", "")
    if scheme not in ("redis", "rediss") or not slashes:
        raise InvalidSecret("the cache's address in the secret is not a redis:// or rediss:// URL")
    end = min([at for at in (rest.find(sign) for sign in "/?") if at >= 0], default=len(rest))
    login, _, host = rest[:end].rpartition("@")
    # Where readers disagree about the end of a token; a part of it would be taken for the host, which messages name.
    if "@" in rest[end:] or _UNCLEAR.search(url):
        raise InvalidSecret("the cache's URL holds an unescaped @, /, # or space; write %40, %2F, %23 or %20")
    try:
        unquote(url, errors="strict").encode()
    except UnicodeError:
        raise InvalidSecret("the cache's URL holds characters or escapes that are no UTF-8") from None
    return f"{scheme}://", login, host + rest[end:]


def token_course(place: TokenPlace, copy: TokenCopy) -> tuple[Literal["begin", "go_on", "finish"], str]:
    """Finish an unfinished rotation first: a third token would invalidate the one that tasks may still use.

    ElastiCache accepts two at most, the newest and the one before it (user guide, page "auth").
    """
    if copy.former is not None and copy.former != copy.current:
        return "finish", f"{place}: resuming an earlier rotation of the token"
    if copy.staged is not None and copy.staged != copy.current:
        return "go_on", f"{place}: a new token is staged already"
    return "begin", f"{place}: a new token is staged; the application still uses the current one"


def needs_rotate(group: CacheGroup, tried: LoginTry, asked_before: bool) -> bool:
    """Whether to send the new token to the group now: never while it is modifying, and once per rotation."""
    return group.settled and not tried.accepted and not asked_before


def needs_set(group: CacheGroup, current: LoginTry, former: LoginTry) -> bool:
    """Whether the former token may be removed now: never while the current one is not accepted."""
    return group.settled and current.accepted and not former.refused


def token_progress(
    place: TokenPlace,
    group: CacheGroup,
    tries: dict[Literal["new", "old"], LoginTry],
    deadline: Deadline,
) -> Progress:
    """Whether the group is stable, accepts the new token and, if tested, refuses the old one."""
    refuses = "old" in tries
    good = tries["new"].accepted and (not refuses or tries["old"].refused)
    if group.settled and good:
        said = "the new token is accepted" + (", the old one is refused" if refuses else "")
        return Progress(status="ready", sentence=f"{place}: {said}")
    waited = deadline.elapsed
    state = f"the group is {group.status}" + (f", {group.pending}" if group.pending else "")
    answers = "; ".join(f"the {which} token is {_said(attempt)}" for which, attempt in tries.items())
    if not deadline.expired:
        return Progress(status="pending", sentence=f"{place}: not yet: {state}; {answers}", wait_seconds=deadline.poll)
    return Progress(status="broken", sentence=f"{place}: after {humanize(waited)} {state}; {answers}")


def _said(attempt: LoginTry) -> str:
    return "accepted" if attempt.accepted else f"not accepted ({attempt.reason or 'no reason'})"
