"""The database login in the text of a secret: an address under one key, or its parts under several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from lyo_dr.decisions.common.addresses.database_address import Login, login_of, readdressed, with_login
from lyo_dr.decisions.common.addresses.postgres_address import DEFAULT_PORT, is_host
from lyo_dr.decisions.common.addresses.secret_text import has_key, value_of, with_value
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.plan import LoginFields, SecretLogin


class InstanceEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a database answers from now on. ``instance`` is its identifier in RDS."""

    host: str
    port: int
    instance: str


def read_logins(text: str | None, logins: Sequence[SecretLogin]) -> dict[str, Login]:
    """By database, the user and password a secret holds for it. Raises InvalidSecret."""
    found: dict[str, Login] = {}
    for login in logins:
        read = _read(text, login)
        if found.setdefault(login.database, read) != read:
            raise InvalidSecret(
                f"the secret holds different logins for {login.database}; users would lose one of them when the other "
                "changes, so give them the same user and password"
            )
    return found


def users_in(text: str | None, logins: Sequence[SecretLogin]) -> list[Login]:
    """Every login a secret holds, different ones for a database included. Raises InvalidSecret."""
    return [_read(text, login) for login in logins]


def write_logins(text: str | None, logins: Sequence[SecretLogin], new: dict[str, Login]) -> str:
    """The same text with the new login of each database, in every form it has there. Raises InvalidSecret."""
    whole = text
    for login in logins:
        whole = _with_login(whole, login, new[login.database])
    return _required(whole)


def pointed(text: str | None, logins: Sequence[SecretLogin], target: InstanceEndpoint) -> str:
    """The same text with these logins leading to another instance. Raises InvalidSecret."""
    whole = text
    for login in logins:
        if login.url_key is not None:
            whole = with_value(
                whole, login.url_key, readdressed(value_of(whole, login.url_key), target.host, target.port)
            )
        else:
            whole = _parts_pointed(whole, login.parts(), target)
    return _required(whole)


def put_back(text: str | None, previous: str | None, logins: Sequence[SecretLogin]) -> str:
    """The text with the places of these logins as an earlier version has them. Raises InvalidSecret."""
    whole = text
    for login in logins:
        parts = login.parts()
        keys = [login.url_key] if login.url_key is not None else [parts.host, parts.port, parts.instance]
        for key in keys:
            if has_key(whole, key):
                whole = with_value(whole, key, value_of(previous, key))
    return _required(whole)


def leads_to(text: str | None, logins: Sequence[SecretLogin], target: InstanceEndpoint) -> bool:
    """Whether all of them lead there already. A secret that is unfit was never written by us."""
    try:
        return bool(logins) and pointed(text, logins, target) == text
    except InvalidSecret:
        return False


def _read(text: str | None, login: SecretLogin) -> Login:
    if login.url_key is not None:
        return login_of(value_of(text, login.url_key))
    parts = login.parts()
    return Login(_word(text, parts.username), _word(text, parts.password))


def _with_login(text: str | None, login: SecretLogin, new: Login) -> str:
    if login.url_key is not None:
        return with_value(text, login.url_key, with_login(value_of(text, login.url_key), new))
    parts = login.parts()
    _read(text, login)
    return with_value(with_value(text, parts.username, new.user), parts.password, new.password)


def _parts_pointed(text: str | None, parts: LoginFields, target: InstanceEndpoint) -> str:
    if not all(map(is_host, _word(text, parts.host).split(","))):
        raise InvalidSecret(f"{parts.host} in the secret is no plain host name; write one, without port or path")
    changed = with_value(text, parts.host, target.host)
    if has_key(text, parts.port):
        port = value_of(text, parts.port)
        changed = with_value(changed, parts.port, _port_like(port, target.port, parts.port))
    elif target.port != DEFAULT_PORT:
        raise InvalidSecret(
            f"the secret has no {parts.port}, and the database answers at port {target.port}; add the port to it"
        )
    if has_key(text, parts.instance):
        changed = with_value(changed, parts.instance, target.instance)
    return changed


def _port_like(old: Any, new: int, key: str) -> int | str:
    """AWS writes a number; people and other tools write text. Its kind stays, as its readers may insist on it."""
    if isinstance(old, str) and old.isascii() and old.isdigit():
        return str(new)
    if isinstance(old, int) and not isinstance(old, bool):
        return new
    raise InvalidSecret(f"{key} in the secret is no port; write a number such as {DEFAULT_PORT}")


def _word(text: str | None, key: str) -> str:
    value = value_of(text, key)
    if not isinstance(value, str) or not value:
        raise InvalidSecret(f"{key} in the secret is not text; write a text that is not empty")
    try:
        value.encode()
    except UnicodeError:
        raise InvalidSecret(f"{key} in the secret holds characters that are no UTF-8") from None
    return value


def _required(text: str | None) -> str:
    if text is None:
        raise InvalidSecret("the secret is binary; it has to be text: a JSON object")
    return text
