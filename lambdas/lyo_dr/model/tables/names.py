"""Names of SQL objects as the plan spells them: parsed, checked, quoted, and made into keys. Pure.

A plan is no SQL: a name counts as the catalogue has it, so that ``createdAt`` is that column and not ``createdat``.
Double quotes are needed only around what is no word, such as ``sales."line items"``; they change nothing else. A table
without a schema is in ``public``, whatever the search path of the user who asks.
"""

from __future__ import annotations

import hashlib
import re

import msgspec

_LONGEST = 63
"""Bytes of an identifier (PostgreSQL manual, "Identifiers and Key Words": NAMEDATALEN is 64)."""
_PART = re.compile(r'"((?:[^"\0]|"")+)"|([^\W\d][\w$]*)')
_NAME = re.compile(rf"(?:{_PART.pattern})(?:\.(?:{_PART.pattern}))*")
_DEFAULT_SCHEMA = "public"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class TableName(msgspec.Struct, frozen=True):
    """A table with its schema, both as the catalogue has them."""

    schema: str
    name: str

    @property
    def sql(self) -> str:
        """Quoted and qualified, for statements."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def key(self) -> str:
        """For ids and paths: letters, digits, ``_``, ``-`` and ``.``; different tables have different keys.

        A plain table of ``public`` is its own key. Amazon S3 takes these characters without special handling (user
        guide, "Naming Amazon S3 objects").
        """
        parts = (self.name,) if self.schema == _DEFAULT_SCHEMA else (self.schema, self.name)
        return ".".join(map(_safe, parts))

    @property
    def short_key(self) -> str:
        """The key in at most 63 characters, for a column of type ``name``."""
        if len(self.key) <= _LONGEST:
            return self.key
        return f"{self.key[:50]}-{hashlib.sha256(self.key.encode()).hexdigest()[:12]}"


def parse_table(text: str) -> TableName:
    """``table`` or ``schema.table``. Raises ValueError with a sentence."""
    parts = _parts(text)
    if len(parts) > 2:
        raise ValueError(f"{text!r} has {len(parts)} parts; write table or schema.table")
    return TableName(parts[0], parts[1]) if len(parts) == 2 else TableName(_DEFAULT_SCHEMA, parts[0])


def parse_column(text: str) -> str:
    """One column, as the catalogue has it. Raises ValueError with a sentence."""
    parts = _parts(text)
    if len(parts) != 1:
        raise ValueError(f"{text!r} is more than the name of one column")
    return parts[0]


def quoted(name: str) -> str:
    """An identifier for a statement, whatever it holds (PostgreSQL manual, "Identifiers and Key Words")."""
    return '"' + name.replace('"', '""') + '"'


def _parts(text: str) -> list[str]:
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not the name of an SQL object; put double quotes around what is no word")
    parts = [found[1].replace('""', '"') if found[1] is not None else found[2] for found in _PART.finditer(text)]
    for part in parts:
        if len(part.encode()) > _LONGEST:
            raise ValueError(f"{part!r} is longer than the {_LONGEST} bytes PostgreSQL keeps of a name")
    return parts


def _safe(part: str) -> str:
    if _PLAIN.fullmatch(part):
        return part
    return "".join(each if re.fullmatch(r"[A-Za-z0-9_]", each) else f"-{ord(each):x}-" for each in part)
