"""SCRAM verifier, as PostgreSQL stores passwords: neither usable as a login nor convertible to the password."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode

_ROUNDS = 4096
"""What PostgreSQL itself uses (documentation, ``scram_iterations``)."""


def verifier(password: str, salt: bytes) -> str:
    """The form of RFC 5803, which PostgreSQL takes in place of a password (documentation, ALTER ROLE).

    The password has to be ASCII: other characters would need the normalisation of RFC 4013.
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ROUNDS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    server = _keyed(salted, b"Server Key")
    return f"SCRAM-SHA-256${_ROUNDS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _keyed(key: bytes, what: bytes) -> bytes:
    return hmac.new(key, what, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
