"""Keys that only their issuer can replace: validation of a new key, meaning of the issuer's answer, open tasks."""

from __future__ import annotations

import re

from lyo_dr.decisions.common.messages import Message
from lyo_dr.decisions.common.outstanding import names_of
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.issuer import KEY, KeyName, KeyTry, NewKey, Outstanding, Replaced
from lyo_dr.model.plan import IssuedKey, KeyTest
from lyo_dr.model.rotation import Rotation
from lyo_dr.model.verdict import Progress

_FIT = re.compile(r"[!-~]{8,4096}")


def fit_key(value: object) -> str:
    """Validate the format of a key. Raises InvalidSecret, which never quotes the value."""
    if not isinstance(value, str) or not _FIT.fullmatch(value):
        raise InvalidSecret(
            "what was handed over is not a key: it must be 8 to 4096 printable characters without spaces"
        )
    return value


def header_of(test: KeyTest, value: str) -> tuple[str, str]:
    """The request header that carries the key to its issuer."""
    name, _, pattern = test.header.partition(": ")
    return name, pattern.replace(KEY, value)


def meaning(test: KeyTest, answer: KeyTry) -> str:
    """``accepted``, ``refused``, or any other answer of the issuer, which proves nothing about the key."""
    if answer.status in test.accepted:
        return "accepted"
    if answer.status in test.refused:
        return "refused"
    return f"status {answer.status}" if answer.status else answer.error


def nothing_handed_over(name: KeyName, before: Outstanding | None) -> NewKey:
    """Without a new key one is requested, unless one was taken earlier and only the remaining steps are open."""
    if before is not None and before.wanted == "redeploy":
        return NewKey(status="unfinished", sentence=f"{name}: a new key was taken, but tasks may not use it yet")
    if before is not None and before.wanted == "revoke":
        return NewKey(status="revoking", sentence=f"{name}: a new key is already in use; checking the former one again")
    return NewKey(status="absent", sentence=f"{name}: no new key has been handed over")


def judged(name: KeyName, issued: IssuedKey, version: str, answer: KeyTry) -> NewKey:
    """The issuer's verdict on the new key. Only an explicit acceptance lets the application depend on it."""
    said = meaning(issued.test, answer)
    if said == "accepted":
        return NewKey(status="accepted", version=version, sentence=f"{name}: {issued.issuer} accepts the new key")
    if said == "refused":
        sentence = f"{name}: {issued.issuer} refuses the new key (status {answer.status}); the current key stays"
        return NewKey(status="refused", version=version, sentence=sentence)
    sentence = f"{name}: {issued.issuer} neither accepts nor refuses the new key ({said}); the current key stays"
    return NewKey(status="unclear", version=version, sentence=sentence)


def same_as_before(name: KeyName, before: Outstanding | None, *, equal: bool) -> NewKey | None:
    """Refuse the key that is to be replaced; None for a different key, or one that was taken already."""
    if not equal or (before is not None and before.wanted in ("redeploy", "revoke")):
        return None
    return NewKey(status="refused", sentence=f"{name}: the key handed over is the one in use; a new key is needed")


def revoked(
    name: KeyName,
    issued: IssuedKey,
    answers: list[KeyTry],
    deadline: Deadline,
) -> Progress:
    """Whether the issuer refuses every former key. A person revokes them, so the wait has a budget."""
    said = [meaning(issued.test, answer) for answer in answers]
    if not said:
        return Progress(
            status="ready",
            sentence=f"{name}: the former key can no longer be read and was not tested; verify it at {issued.issuer}",
        )
    if all(each == "refused" for each in said):
        return Progress(status="ready", sentence=f"{name}: {issued.issuer} refuses the former key")
    if "accepted" in said:
        sentence = f"{name}: the former key is still valid at the issuer: revoke it there ({issued.issuer})"
    else:
        sentence = (
            f"{name}: {issued.issuer} neither accepts nor refuses the former key ({', '.join(sorted(set(said)))})"
        )
    if not deadline.expired:
        return Progress(status="pending", sentence=sentence, wait_seconds=deadline.poll)
    return Progress(status="broken", sentence=f"{sentence}; it stays outstanding")


def in_use_again(name: KeyName) -> Progress:
    """A former key was put back. Never ask a person to revoke the key the application depends on."""
    return Progress(status="broken", sentence=f"{name}: a former key is in use again; a new key is needed")


def rotation_ended(
    rotation: Rotation, keys: list[Replaced], outstanding: list[str], left: list[KeyName], seconds: float
) -> tuple[str, str]:
    """The ending of a rotation and its final sentence. Outstanding keys are listed; they are not a failure.

    ``left`` are the other keys of the same secrets: nobody is to believe that they were rotated, too.
    """
    caches = dict.fromkeys(place.cache for place in rotation.tokens)
    tokens = [f"the token of {cache}" for cache in caches]
    done = [*rotation.secrets, *tokens, *(str(key.name) for key in keys if key.status == "taken")]
    waits = f"; outstanding: {', '.join(outstanding)}" if outstanding else ""
    waits += f"; left as they are: {names_of(left)}" if left else ""
    if not done and outstanding:
        return "outstanding", f"Nothing was rotated{waits}"
    if not done:
        return "rotated", f"Nothing outstanding any more, after {humanize(seconds)}"
    where = " and ".join(rotation.regions)
    return "rotated", f"Rotated: {', '.join(done)} in {where}, after {humanize(seconds)}{waits}"


def key_wanted(issued: IssuedKey, name: KeyName, sentence: str, incident: str) -> list[Message]:
    """Instructions for a person: get a new key, hand it over, and revoke the former one only later."""
    text = (
        f"{sentence}.\n\n"
        f"1. {_sentence(issued.create)}\n"
        f"2. Hand it over:\n\n   lyo-dr hand-over {name.secret} {name.key}\n\n"
        "   It prompts for the key and tests it at the issuer before anything depends on it.\n"
        f"3. Revoke the former key only after you are notified that the new one is in use.\n\n"
        f"Until then the application keeps using the current key, and this stays outstanding on {incident} "
        "(lyo-dr status).\n"
    )
    subject = f"ACTION NEEDED: a new {name.key} from {issued.issuer}"
    return [Message(audience="responders", subject=subject[:99], text=text, about=str(name))]


def key_to_revoke(issued: IssuedKey, name: KeyName, incident: str) -> list[Message]:
    """Instructions to revoke the former key at its issuer, now that the new one is in use."""
    text = (
        f"The application uses the new {name.key}. {issued.issuer} does not yet refuse the former one.\n\n"
        f"Now: {_sentence(issued.revoke)}\n\n"
        "It is tested again for a while. If you revoke it later, run the test once more:\n\n"
        f"   lyo-dr rotate --key {name.key}\n\n"
        f"Until it is refused, this stays outstanding on {incident} (lyo-dr status).\n"
    )
    subject = f"ACTION NEEDED: revoke the former {name.key} at {issued.issuer}"
    return [Message(audience="responders", subject=subject[:99], text=text, about=f"revoke {name}")]


def _sentence(text: str) -> str:
    return text.strip().rstrip(".") + "."
