"""Connection strings of keywords and values, ``host=... password='...'``, as libpq's conninfo_parse reads them."""

from __future__ import annotations

import re

from lyo_dr.decisions.common.addresses.postgres_address import Address, Span, add_option, check_options, unfit

BEGINNING = re.compile(r"[ \t\n\v\f\r]*[a-z_]+[ \t\n\v\f\r]*=")
_KEYWORD = re.compile(r"[ \t\n\v\f\r]*([A-Za-z_]+)[ \t\n\v\f\r]*=[ \t\n\v\f\r]*")
_PLAIN = re.compile(r"(?:[^\\ \t\n\v\f\r]|\\.)*", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^\\']|\\.)*)'(?![^ \t\n\v\f\r])", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_keywords(text: str) -> Address:
    """Mark the places of a connection string. Raises InvalidSecret, which never quotes it."""
    options: dict[str, Span] = {}
    at, end = 0, len(text.rstrip(" \t\n\v\f\r"))
    while at < end:
        keyword = _KEYWORD.match(text, at)
        if keyword is None:
            raise unfit("is neither a URL nor a list of keywords and values; write postgresql://user:password@host/...")
        quoted = text.startswith("'", keyword.end())
        value = (_QUOTED if quoted else _PLAIN).match(text, keyword.end())
        if value is None:
            raise unfit("has a quoted value that does not end; write '...', with \\' for a quote in it")
        written = _ESCAPED.sub(r"\1", value[1] if quoted else value[0])
        add_option(options, keyword[1], Span(value.start(), value.end(), written))
        at = value.end()
    _check(text, options)
    return Address(text=text, form="keywords", options=options)


def in_quotes(value: str) -> str:
    """A value as it is written in a connection string."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _check(text: str, options: dict[str, Span]) -> None:
    if "\0" in text:
        raise unfit("holds a zero byte, where some readers end")
    try:
        text.encode()
    except UnicodeError:
        raise unfit("holds characters that are no UTF-8") from None
    check_options(options)
