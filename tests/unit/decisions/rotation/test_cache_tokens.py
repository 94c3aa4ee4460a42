"""The token of a cache: read from a URL, written into it, and what comes next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.decisions.rotation.cache_tokens import (
    TokenCopy,
    cache_url,
    needs_rotate,
    needs_set,
    new_token,
    token_course,
    token_progress,
    with_token,
)
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.cache import CacheGroup, TokenPlace
from lyo_dr.model.rotation import LoginTry
from tests.unit.builders import IRELAND, a_deadline

PLACE = TokenPlace("sessions", IRELAND)
YES, NO, SILENT = LoginTry(accepted=True), LoginTry(accepted=False, refused=True), LoginTry(accepted=False)
SETTLED, MOVING = CacheGroup(status="available"), CacheGroup(status="modifying")


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "token"),
    [
        ("rediss://:secret@cache.example.com:6380/0?timeout=2", "cache.example.com", 6380, True, "secret"),
        ("redis://default:a%2Fb@cache", "cache", 6379, False, "a/b"),
        ("redis://:a@b@cache/1", "cache", 6379, False, "a@b"),
        ("redis://:secret@[::1]:7000", "::1", 7000, False, "secret"),
    ],
)
def test_a_url_is_rewritten_and_not_retyped(url: str, host: str, port: int, tls: bool, token: str) -> None:
    found = cache_url(url)
    assert (found.host, found.port, found.tls, found.token) == (host, port, tls, token)
    assert token not in repr(found)
    changed = with_token(url, "new/one")
    assert cache_url(changed).token == "new/one"
    assert changed.rpartition("@")[2] == url.rpartition("@")[2]
    assert changed.partition("://")[0] == url.partition("://")[0]


@pytest.mark.parametrize(
    "url",
    ["", None, 7, "http://:t@h", "redis://host/0", "redis://:@h", "rediss://ada:t@h", "redis://:t@", "redis://:t@h:x"],
)
def test_an_address_without_a_token_is_refused_and_never_quoted(url: object) -> None:
    with pytest.raises(InvalidSecret) as refused:
        with_token(url, "new")
    assert not url or str(url) not in str(refused.value)


def test_a_new_token_is_one_elasticache_takes() -> None:
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert all(token.isalnum() and token.isascii() and 16 <= len(token) <= 128 for token in tokens)


@pytest.mark.parametrize(
    ("copy", "kind"),
    [
        (TokenCopy(current="a"), "begin"),
        (TokenCopy(current="a", staged_id="1", staged="b"), "go_on"),
        (TokenCopy(current="a", staged_id="1", staged="b", former_id="0", former="a"), "go_on"),
        (TokenCopy(current="b", staged_id="1", staged="b", former_id="0", former="a"), "finish"),
        (TokenCopy(current="b", former_id="0", former="a"), "finish"),
        (TokenCopy(current="b", staged_id="1", staged="b"), "begin"),
    ],
    ids=["nothing", "staged", "about to be current", "current", "not retired", "all done"],
)
def test_what_is_unfinished_comes_before_a_third_token(copy: TokenCopy, kind: str) -> None:
    assert token_course(PLACE, copy)[0] == kind


@pytest.mark.parametrize(
    ("group", "tried", "before", "needed"),
    [
        (SETTLED, NO, False, True),
        (SETTLED, NO, True, False),
        (SETTLED, YES, False, False),
        (MOVING, NO, False, False),
        (CacheGroup(status="available", pending="SETTING"), NO, False, False),
    ],
)
def test_a_group_is_told_once_and_never_while_it_changes(
    group: CacheGroup, tried: LoginTry, before: bool, needed: bool
) -> None:
    assert needs_rotate(group, tried, before) is needed


@pytest.mark.parametrize(
    ("group", "current", "former", "needed"),
    [
        (SETTLED, YES, YES, True),
        (SETTLED, YES, SILENT, True),
        (SETTLED, YES, NO, False),
        (SETTLED, NO, YES, False),
        (SETTLED, SILENT, YES, False),
        (MOVING, YES, YES, False),
    ],
)
def test_the_former_token_goes_only_when_the_current_one_is_accepted(
    group: CacheGroup, current: LoginTry, former: LoginTry, needed: bool
) -> None:
    assert needs_set(group, current, former) is needed


@pytest.mark.parametrize(
    ("group", "new", "old", "seconds", "status"),
    [
        (SETTLED, YES, NO, 0, "ready"),
        (SETTLED, YES, None, 0, "ready"),
        (MOVING, YES, NO, 0, "pending"),
        (SETTLED, YES, SILENT, 0, "pending"),
        (SETTLED, NO, NO, 59, "pending"),
        (SETTLED, YES, YES, 60, "broken"),
    ],
)
def test_silence_is_no_refusal_and_patience_ends(
    group: CacheGroup, new: LoginTry, old: LoginTry | None, seconds: float, status: str
) -> None:
    verdict = token_progress(
        PLACE,
        group,
        {"new": new} if old is None else {"new": new, "old": old},
        deadline=a_deadline(timedelta(minutes=1), spent=seconds, poll=3),
    )
    assert verdict.status == status
