"""Faults of YAML's syntax in a person's words."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import ScalarToken

from cli.plan_reader.places import Place

_KNOWN = (
    (r"cannot start any token.*'\\t'|found character '\\t'|tab", "a tab; YAML indents with spaces"),
    (r"undefined alias", "this alias has no anchor above it; write & and the name where the value is"),
    (r"duplicate anchor", "this anchor is there twice; give each its own name"),
    (
        r"while scanning a quoted scalar",
        "a quotation mark that is never closed; close it, or double it inside the text",
    ),
    (r"mapping values are not allowed", "a colon where none belongs; indent as above, or put the text in quotes"),
    (r"while parsing a flow sequence", "a [ that is never closed, or a comma missing; close it with ]"),
    (r"while parsing a flow mapping", "a { that is never closed, or a comma missing; close it with }"),
    (r"while parsing a flow node", "a [ or { that is never closed; close it"),
    (r"escape character", "a backslash in double quotes begins an escape; use single quotes, or write it twice"),
    (r"while parsing a block (mapping|collection)", "does not fit what is above it; indent as the lines around it"),
    (r"could not find expected ':'|while scanning a simple key", "a line without a colon; write key: value"),
    (r"cannot start any token", "a character no value may begin with; put the text in quotes"),
    (r"undefined tag|found undefined tag handle", "tags are not resolved here; write the value"),
)


_OPENED = re.compile(r"while parsing a flow|while scanning a quoted")
"""What is said of where something was opened, not of where the end was missed."""


def explained(error: MarkedYAMLError, text: str) -> tuple[str, Place | None]:
    """One sentence: what is wrong, and what to do; and its place."""
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    if re.match(r" *\t", line) or "\\t" in said:
        return f"plan: {_KNOWN[0][1]}", _place(mark)
    if quote := _torn_quotation(text):
        return f"plan: a quotation mark that is closed in line {quote[1]} only; close it", quote[0]
    sentence = next((known for pattern, known in _KNOWN if re.search(pattern, said)), f"not valid YAML: {said}")
    opened = _OPENED.search(said) and error.context_mark
    return f"plan: {sentence}", _place(opened or mark)


def _place(mark: Any) -> Place | None:
    return (mark.line + 1, mark.column + 1) if mark is not None else None


def _torn_quotation(text: str) -> tuple[Place, int] | None:
    """The last quotation before the fault that goes over lines: its end is mostly the beginning of another."""
    found = None
    try:
        for token in YAML(typ="safe", pure=True).scan(text):
            quoted = isinstance(token, ScalarToken) and token.style in ("'", '"')
            if quoted and token.end_mark.line > token.start_mark.line:
                found = (token.start_mark.line + 1, token.start_mark.column + 1), token.end_mark.line + 1
    except YAMLError:
        return found
    return found
