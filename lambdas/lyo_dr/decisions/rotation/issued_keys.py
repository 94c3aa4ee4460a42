"""Keys only their issuer can change: what a new one has to be, what an issuer's answer means, what is still to do."""

from __future__ import annotations

import re

from lyo_dr.decisions.common.messages import Message
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.issuer import KEY, KeyName, KeyTry, NewKey, Outstanding, Replaced
from lyo_dr.model.plan import IssuedKey, KeyTest
from lyo_dr.model.rotation import Rotation
from lyo_dr.model.verdict import Progress

_FIT = re.compile(r"[!-~]{8,4096}")


def fit_key(value: object) -> str:
    """The value, if it can be a key. Raises InvalidSecret, which never quotes it."""
    if not isinstance(value, str) or not _FIT.fullmatch(value):
        raise InvalidSecret(
            "what was handed over is no key: it has to be 8 to 4096 printable characters without a space"
        )
    return value


def header_of(test: KeyTest, value: str) -> tuple[str, str]:
    """The header that shows a key to its issuer."""
    name, _, pattern = test.header.partition(": ")
    return name, pattern.replace(KEY, value)


def meaning(test: KeyTest, answer: KeyTry) -> str:
    """accepted, refused, or what an issuer said instead, which says nothing of the key."""
    if answer.status in test.accepted:
        return "accepted"
    if answer.status in test.refused:
        return "refused"
    return f"status {answer.status}" if answer.status else answer.error


def nothing_handed_over(name: KeyName, before: Outstanding | None) -> NewKey:
    """Without a new key there is one to ask for, unless one was taken already and the rest is left to do."""
    if before is not None and before.wanted == "redeploy":
        return NewKey(status="unfinished", sentence=f"{name}: a new one was taken, and tasks may not use it yet")
    if before is not None and before.wanted == "revoke":
        return NewKey(status="revoking", sentence=f"{name}: a new one is in use already; the former is looked at again")
    return NewKey(status="absent", sentence=f"{name}: no new one has been handed over")


def judged(name: KeyName, issued: IssuedKey, version: str, answer: KeyTry) -> NewKey:
    """What the issuer says of the new key. Only a plain yes lets anybody depend on it."""
    said = meaning(issued.test, answer)
    if said == "accepted":
        return NewKey(status="accepted", version=version, sentence=f"{name}: {issued.issuer} accepts the new one")
    if said == "refused":
        sentence = (
            f"{name}: {issued.issuer} refuses what was handed over (status {answer.status}); the present one stays"
        )
        return NewKey(status="refused", version=version, sentence=sentence)
    sentence = (
        f"{name}: {issued.issuer} says neither yes nor no to what was handed over ({said}); the present one stays"
    )
    return NewKey(status="unclear", version=version, sentence=sentence)


def same_as_before(name: KeyName, before: Outstanding | None, *, equal: bool) -> NewKey | None:
    """Somebody handed over the very key that is to be replaced; None when it is another, or was taken already."""
    if not equal or (before is not None and before.wanted in ("redeploy", "revoke")):
        return None
    return NewKey(status="refused", sentence=f"{name}: what was handed over is the key in use; a new one is needed")


def revoked(
    name: KeyName,
    issued: IssuedKey,
    answers: list[KeyTry],
    deadline: Deadline,
) -> Progress:
    """Whether the issuer refuses every former key. A person revokes them, so it is waited for, but not for ever."""
    said = [meaning(issued.test, answer) for answer in answers]
    if not said:
        return Progress(
            status="ready",
            sentence=f"{name}: the former one can no longer be read, so it was not tried; make sure at {issued.issuer}",
        )
    if all(each == "refused" for each in said):
        return Progress(status="ready", sentence=f"{name}: {issued.issuer} refuses the former one")
    if "accepted" in said:
        sentence = f"{name}: the former one is still valid at the issuer: revoke it there ({issued.issuer})"
    else:
        sentence = f"{name}: {issued.issuer} says neither yes nor no to the former one ({', '.join(sorted(set(said)))})"
    if not deadline.expired:
        return Progress(status="pending", sentence=sentence, wait_seconds=deadline.poll)
    return Progress(status="broken", sentence=f"{sentence}; it stays outstanding")


def in_use_again(name: KeyName) -> Progress:
    """Somebody put a former key back. Nobody may be told to revoke what the application depends on."""
    return Progress(status="broken", sentence=f"{name}: a former one is in use again; a new one is needed")


def rotation_ended(rotation: Rotation, keys: list[Replaced], outstanding: list[str], seconds: float) -> tuple[str, str]:
    """The ending of a rotation and its last sentence. What is outstanding is said, and is no failure."""
    caches = dict.fromkeys(place.cache for place in rotation.tokens)
    tokens = [f"the token of {cache}" for cache in caches]
    done = [*rotation.secrets, *tokens, *(str(key.name) for key in keys if key.status == "taken")]
    waits = f"; outstanding: {', '.join(outstanding)}" if outstanding else ""
    if not done and outstanding:
        return "outstanding", f"Nothing was rotated{waits}"
    if not done:
        return "rotated", f"Nothing is outstanding any more, after {seconds:.1f} s"
    where = " and ".join(rotation.regions)
    return "rotated", f"Rotated: {', '.join(done)} in {where}, after {seconds:.1f} s{waits}"


def key_wanted(issued: IssuedKey, name: KeyName, sentence: str, incident: str) -> list[Message]:
    """Exactly what a person does: get a new key, hand it over, and wait with revoking."""
    text = (
        f"{sentence}.\n\n"
        f"1. {_sentence(issued.create)}\n"
        f"2. Hand it over:\n\n   lyo-dr hand-over {name.secret} {name.key}\n\n"
        "   It asks for the key, which is tried at the issuer before anything depends on it.\n"
        f"3. Revoke the former one only when you are told that the new one is in use.\n\n"
        f"Until then the application goes on with the present key, and this stays outstanding on {incident} "
        "(lyo-dr status).\n"
    )
    subject = f"ACTION NEEDED: a new {name.key} from {issued.issuer}"
    return [Message(audience="responders", subject=subject[:99], text=text, about=str(name))]


def key_to_revoke(issued: IssuedKey, name: KeyName, incident: str) -> list[Message]:
    """The new one is in use: now the former one has to die where only its issuer can kill it."""
    text = (
        f"The application works with the new {name.key}. The former one is not yet refused by {issued.issuer}.\n\n"
        f"Now: {_sentence(issued.revoke)}\n\n"
        "It is tried again for a while. If you revoke it later, let it be tried once more:\n\n"
        f"   lyo-dr rotate --key {name.key}\n\n"
        f"Until it is refused this stays outstanding on {incident} (lyo-dr status).\n"
    )
    subject = f"ACTION NEEDED: revoke the former {name.key} at {issued.issuer}"
    return [Message(audience="responders", subject=subject[:99], text=text, about=f"revoke {name}")]


def _sentence(text: str) -> str:
    return text.strip().rstrip(".") + "."
