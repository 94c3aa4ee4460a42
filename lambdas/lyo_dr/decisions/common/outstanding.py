"""Keys that nothing rotates: they stay outstanding by name until a person says that they are done."""

from __future__ import annotations

from lyo_dr.decisions.common.messages import Message, to_responders
from lyo_dr.model.issuer import KeyName, Outstanding
from lyo_dr.model.plurals import counted


def by_hand_sentence(name: KeyName) -> str:
    """What is open, and how it is closed."""
    return (
        f"{name}: nothing rotates it; replace it by hand, then `lyo-dr key-done {name.secret} {name.key} --why '...'`"
    )


def names_of(keys: list[KeyName]) -> str:
    """Keys for a sentence, such as ``REDIS_URL, SMTP_PASSWORD of app-secrets``."""
    secrets = dict.fromkeys(name.secret for name in keys)
    return "; ".join(
        f"{', '.join(name.key for name in keys if name.secret == secret)} of {secret}" for secret in secrets
    )


def keys_by_hand(keys: list[KeyName], incident: str) -> list[Message]:
    """Instructions for the keys a person has to replace; none without such keys."""
    if not keys:
        return []
    listed = "\n".join(f"   lyo-dr key-done {name.secret} {name.key} --why '...'" for name in keys)
    text = (
        f"Nothing rotates these keys, so they are as they were: {names_of(keys)}.\n\n"
        "1. Replace each where it is issued, and put the new one into the secret of both regions.\n"
        "2. Restart the tasks: they read secrets at their start only.\n"
        "3. Revoke the former one, and say so; a key that is no secret needs the same word:\n\n"
        f"{listed}\n\n"
        f"Until then they stay outstanding on {incident} (lyo-dr status). A key named in the plan under `issued` or "
        "`caches` is asked for, or rotated, the next time.\n"
    )
    subject = f"ACTION NEEDED: {counted(len(keys), 'key')} to replace by hand"
    return [to_responders(subject, text)]


def may_settle(name: KeyName, found: Outstanding | None) -> str | None:
    """Why a person's word does not close it, or None."""
    if found is None:
        return f"{name} is not outstanding here; `lyo-dr status` lists what is"
    if found.wanted != "by_hand":
        ask = f"use `lyo-dr hand-over` or `lyo-dr rotate --key {name.key}`"
        return f"{found.issuer} can tell whether {name} is replaced; {ask}"
    return None
