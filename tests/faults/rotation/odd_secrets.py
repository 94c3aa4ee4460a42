"""Passwords nobody escaped, in every form in which a secret holds a login."""

from __future__ import annotations

import json
import random
from urllib.parse import quote

SIGNS = [
    *"#[]@/?%:;,.!$&'()*+=~^`{}|<>\\\"_- \n\t\r\x00\x01\x7f",
    *(
        "%zz",
        "%",
        "%4",
        "%00",
        "%ff",
        "%41",
        "::",
        "@@",
        "[]",
        "[::1]",
        "://",
        "postgres://",
        "?host=",
        "&user=",
        "@h:1/",
    ),
    *("é", "ß", "✓", "𝄞", "Ⅷ", "\u2100", "\u202e", "\u00a0", "\ufeff", "\ud800", "\u0130", "ﬀ"),
    *("''", '""', "\\'", "$(x)", "${x}", "{0}", "%s", "{}", "\\u0041", "\\n", "\r\n", "--", "/*", "://@"),
]
"""Signs that a grammar, a shell, a formatter or an encoding takes for something else than itself."""

_MARKS = "QXZJKVWY"
"""No word of a sentence has four of these in a row, so whatever shows up was quoted."""


def passwords() -> list[str]:
    """Three hundred and more, the same in every run; each begins, goes on and ends with marks."""
    chance = random.Random(8)  # noqa: S311 - not a secret of anybody
    found = [_mark(chance) + sign + _mark(chance) for sign in SIGNS]
    found += [sign + _mark(chance) for sign in SIGNS] + [_mark(chance) + sign for sign in SIGNS]
    while len(found) < 330:
        signs = (chance.choice(SIGNS) for _ in range(chance.randint(2, 4)))
        found.append("".join(_mark(chance) + sign for sign in signs) + _mark(chance))
    return found


def parts(password: str) -> set[str]:
    """Every four characters of it in a row, also in the forms in which a message would escape them."""
    written = {password, repr(password)[1:-1], json.dumps(password)[1:-1], _quoted(password)}
    found = {text[at : at + 4] for text in written for at in range(len(text) - 3)}
    return {part for part in found if set(part) & set(_MARKS)}


def addresses(password: str) -> list[str]:
    """The password as it is, and escaped, in URLs and connection strings."""
    escaped = _quoted(password)
    return [
        f"postgresql://lyo_app:{password}@old.example.com:5432/b",
        f"postgres://lyo_app:{escaped}@old/b?sslmode=require",
        f"postgres://{password}@old/b",
        f"postgres://{password}:lyo_app@old/b",
        f"postgres://lyo_app:{password}",
        f"postgresql+asyncpg://lyo_app:x@{password}:5432/b",
        f"postgres://lyo_app:x@old:{password}/b",
        f"postgres://lyo_app:x@old/b?host={password}",
        f"postgres://old/b?user=lyo_app&password={password}",
        f"jdbc:postgresql://old/b?user=lyo_app&password={password}",
        f"host=old user=lyo_app password={password}",
        f"host=old user=lyo_app password='{password}'",
        f"host={password} user=lyo_app password=x",
        f"Host=old;Username=lyo_app;Password={password}",
        f"mysql://lyo_app:{password}@old/b",
        password,
    ]


def in_parts(password: str) -> list[dict[str, object]]:
    """As AWS stores a login, with the password where it belongs and where it does not."""
    whole = {"engine": "postgres", "host": "old", "port": 5432, "username": "lyo_app", "password": password}
    wrong: list[dict[str, object]] = [
        {"host": password},
        {"host": f"postgres://lyo_app:{password}@old"},
        {"port": password},
        {"port": str(5432)},
        {"username": password},
        {"password": [password]},
        {"password": {password: 1}},
        {"dbname": password},
    ]
    return [dict(whole), *({**whole, **change} for change in wrong)]


def not_json(password: str) -> list[str]:
    """Texts that are no JSON object, or not a single one."""
    text = json.dumps({"DATABASE_URL": password})
    return [
        password,
        text[:-1],
        text + password,
        json.dumps([password]),
        text[:-1] + "," + text[1:],
        f"{{{password}: 1}}",
    ]


def caches(password: str) -> list[str]:
    """URLs of caches."""
    return [
        f"rediss://:{password}@cache:6379/0",
        f"redis://:{_quoted(password)}@cache",
        f"rediss://{password}@cache",
        f"rediss://{password}:x@cache",
        f"rediss://:x@{password}",
        f"rediss://:x@cache:{password}",
        password,
    ]


def _mark(chance: random.Random) -> str:
    return "".join(chance.choice(_MARKS) for _ in range(6))


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")
