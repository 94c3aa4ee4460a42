"""What somebody may have meant: the nearest known word, or an id taken out of what was pasted."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

_MOST_SHOWN = 8


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that differs least, if it is near enough to be meant; ``cutoff`` is 1 for the same word only."""
    by_folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def one_of(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: what was meant, or what there is."""
    names = list(dict.fromkeys(known))
    if not names:
        return "there is none"
    near = nearest(word, names)
    return f"did you mean {near!r}?" if near is not None else f"there is {listed(names)}"


def listed(names: Iterable[str]) -> str:
    """Some names, and that there are more."""
    every = list(names)
    return ", ".join(every[:_MOST_SHOWN]) + (", …" if len(every) > _MOST_SHOWN else "")


def meant(text: str, pattern: str) -> str | None:
    """The name or id within an ARN, endpoint, path, URL or label that fits the pattern; None where nothing does."""
    if len(text) > 2048:
        return None
    return next((each for each in _candidates(text.strip()) if re.fullmatch(pattern, each)), None)


def _candidates(text: str) -> Iterator[str]:
    yield text
    if text.startswith("arn:"):
        yield from _of_arn(text)
    elif "://" in text:
        address = re.split(r"[/?#]", text.split("://", 1)[1])[0].rpartition("@")[2]
        yield address.partition(":")[0]
        yield text.rstrip("/").rpartition("/")[2]
    elif "/" in text:
        yield text.rstrip("/").rpartition("/")[2]
    if "." in text and "/" not in text:
        yield text.partition(".")[0]
        yield text.partition(":")[0]
    yield text.upper()
    yield from re.findall("<([^<>]+)>", text)
    yield re.sub(r"-{2,}", "-", re.sub(r"[\s_.]+", "-", text.lower())).strip("-")


def _of_arn(text: str) -> Iterator[str]:
    """``arn:partition:service:region:account:resource``; Secrets Manager adds six characters to the name."""
    parts = text.split(":", 5)
    resource = parts[5] if len(parts) == 6 else ""
    if parts[2] == "secretsmanager":
        yield re.sub(r"-[A-Za-z0-9]{6}$", "", resource.removeprefix("secret:"))
    yield resource.rpartition("/")[2].rpartition(":")[2]
