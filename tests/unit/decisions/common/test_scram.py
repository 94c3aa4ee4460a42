"""A verifier that PostgreSQL takes in place of a password."""

from __future__ import annotations

import base64

import pytest

from lyo_dr.decisions.common.scram import verifier


def test_the_example_of_the_standard_gives_the_keys_of_the_standard() -> None:
    """RFC 7677, section 3: user ``user``, password ``pencil``; the server's answer follows from the server key."""
    import hashlib
    import hmac

    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    made = verifier("pencil", salt)
    method, rounds_and_salt, keys = made.split("$")
    server_key = base64.b64decode(keys.split(":")[1])
    message = (
        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    )
    signature = base64.b64encode(hmac.new(server_key, message.encode(), hashlib.sha256).digest()).decode()
    assert (method, rounds_and_salt) == ("SCRAM-SHA-256", "4096:W22ZaJ0SNY7soEsUEjb6gQ==")
    assert signature == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_the_password_is_not_in_it_and_another_salt_gives_another_one() -> None:
    assert "hunter2" not in verifier("hunter2", b"0" * 16)
    assert verifier("hunter2", b"0" * 16) != verifier("hunter2", b"1" * 16)


def test_a_password_that_would_need_normalising_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        verifier("pässword", b"0" * 16)
