"""What the documents refer to exists: links and anchors, paths, make targets, commands with their options, states."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from cli.app import app
from drills.scenarios.catalogue import DRILLS

ROOT = Path(__file__).resolve().parents[1]
GENERATED = {"node_modules", "cdk.out", "build", "results"}
ROOMS = (
    "audits|bench|cli|database|docs|drills|lambdas|local_aws|requirements|stacks|state_machines|tests|rehearsal|proofs"
)
"""Folders of the repository; the last two were there once, and nothing refers to them any more."""

FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(rf"(?<![\w/.:<>{{}}@-])(?:{ROOMS})/[\w*./-]*")
MAKE = re.compile(r"`make ([a-z]+)")
MAKE_LINE = re.compile(r"^ *make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"(?<![\w/-])(?:\.venv/bin/)?lyo-dr((?: +[a-z][a-z-]*)+)([^`#\n]*)")
STATE = re.compile(r"`([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+)`")
FAULT = re.compile(r"`(test_fault_\d\d_)")
AWS_NAMES = {
    "DatabaseConnections",
    "EventBridgeEvent",
    "LambdaFunctionUrlEvent",
    "ManageMasterUserPassword",
    "RetainExceptOnCreate",
    "RotateSecret",
}
"""Names of AWS and Powertools that no code here uses."""


def _pages() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    for folder in sorted(ROOT.iterdir()):
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in GENERATED:
            yield from sorted(folder.rglob("*.md"))


PAGES = [page.relative_to(ROOT).as_posix() for page in _pages()]
every_page = pytest.mark.parametrize("page", PAGES)
every_page_of_today = pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
"""The changelog also names what was there once; only its links have to lead somewhere."""


class Mention(NamedTuple):
    """A command of ``lyo-dr`` as a document writes it."""

    words: list[str]
    options: set[str]


@functools.cache
def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@functools.cache
def _anchors(page: str) -> set[str]:
    """Anchors of a page's headings, by GitHub's rule: a second heading of the same text gets ``-1``."""
    anchors: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *#*$", FENCE.sub("", _text(page)), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        twins = [slug, *(f"{slug}-{number}" for number in range(1, 10))]
        anchors.add(next(twin for twin in twins if twin not in anchors))
    return anchors


def _fenced(page: str) -> str:
    return "\n".join(fence.group(0) for fence in FENCE.finditer(_text(page)))


def _broken(page: str, target: str) -> bool:
    path, _, anchor = target.partition("#")
    place = (ROOT / page).parent / path if path else ROOT / page
    if not place.exists():
        return True
    return bool(anchor) and anchor not in _anchors(place.resolve().relative_to(ROOT).as_posix())


def _is_there(path: str) -> bool:
    """A placeholder, as in ``steps/<machine>/``, ends what can be looked up; ``test_fault_07_...`` begins a name."""
    name = path.rstrip(".")
    if "*" in name:
        return any(ROOT.glob(name))
    if name != path and not (ROOT / name).exists():
        return any(ROOT.glob(name + "*"))
    return (ROOT / name).exists()


def _mentions(page: str) -> list[Mention]:
    """Commands in code, inline or fenced; prose that says ``lyo-dr`` is left alone."""
    text = _text(page)
    code = re.findall(r"`((?:\.venv/bin/)?lyo-dr [^`\n]+)`", FENCE.sub("", text))
    code += re.findall(r"^ *((?:\.venv/bin/)?lyo-dr .*)", _fenced(page), re.MULTILINE)
    found = [match for line in code for match in COMMAND.finditer(line)]
    return [Mention(match[1].split(), set(re.findall(r"(?<!\S)--[a-z-]+", match[2]))) for match in found]


@functools.cache
def _command_line() -> Any:
    return typer.main.get_command(app)


def _fault(mention: Mention) -> str | None:
    command = _command_line()
    words = list(mention.words)
    while words and (commands := getattr(command, "commands", None)):
        if words[0] not in commands:
            return f"no command {' '.join(mention.words)}"
        command = commands[words.pop(0)]
    if mention.words[0] == "drill" and words and words[0] not in {*DRILLS, "all"}:
        return f"no drill {words[0]}"
    known = {option for parameter in command.params for option in parameter.opts}
    return f"{' '.join(mention.words)} has no {mention.options - known}" if mention.options - known else None


@functools.cache
def _names_in_code() -> set[str]:
    names: set[str] = set()
    for folder in ("lambdas", "stacks", "drills", "local_aws", "state_machines"):
        for place in (ROOT / folder).rglob("*.*"):
            if place.suffix in {".py", ".yaml"}:
                names.update(re.findall(r"[A-Z]\w+", place.read_text(encoding="utf-8")))
    return names


@functools.cache
def _fault_tests() -> set[str]:
    tests = {place: place.read_text(encoding="utf-8") for place in (ROOT / "tests").rglob("test_*.py")}
    return {name for place, text in tests.items() for name in re.findall(r"test_fault_\d\d_", place.name + text)}


@every_page
def test_links_and_anchors_lead_somewhere(page: str) -> None:
    targets = LINK.findall(FENCE.sub("", _text(page)))
    assert [it for it in targets if not re.match(r"\w+:", it) and _broken(page, it)] == []


@every_page_of_today
def test_the_paths_it_names_exist(page: str) -> None:
    assert [path for path in sorted(set(PATH.findall(_text(page)))) if not _is_there(path)] == []


@every_page_of_today
def test_the_targets_of_make_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {*MAKE.findall(_text(page)), *MAKE_LINE.findall(_fenced(page))} - targets == set()


@every_page_of_today
def test_the_commands_it_names_exist_with_their_options(page: str) -> None:
    assert [fault for mention in _mentions(page) if (fault := _fault(mention))] == []


@every_page_of_today
def test_the_states_and_errors_it_names_exist(page: str) -> None:
    """Names like ``ThrowLatch``, which a reader looks up."""
    assert set(STATE.findall(_text(page))) - _names_in_code() - AWS_NAMES == set()


@every_page_of_today
def test_the_tests_of_faults_it_names_exist(page: str) -> None:
    assert set(FAULT.findall(_text(page))) - _fault_tests() == set()


def test_the_documents_that_code_names_exist() -> None:
    """Docstrings, messages and commands send readers to a page; a record of decisions is named by its number."""
    places = [
        place for room in ("lambdas", "stacks", "cli", "drills", "local_aws") for place in (ROOT / room).rglob("*.py")
    ]
    named = {page for place in places for page in re.findall(r"docs/[\w/-]+(?:\.md)?", place.read_text("utf-8"))}
    assert named
    assert [page for page in sorted(named) if not any(ROOT.glob(page + "*"))] == []


def test_there_are_documents_and_commands_to_check() -> None:
    assert {"README.md", "docs/glossary.md", "docs/runbooks/region-loss.md"} <= set(PAGES)
    assert len(_mentions("README.md")) > 5
    assert "what-happens-automatically" in _anchors("docs/runbooks/region-loss.md")
