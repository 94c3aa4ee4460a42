"""Causes before consequences: what a rule reads, so that it is not asked while that is at fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lyo_dr.model.plan import Plan

Rule = Callable[[Plan], Iterator[str]]

_READS: dict[Any, tuple[tuple[str, ...], ...]] = {}


def reads(*paths: str) -> Callable[[Rule], Rule]:
    """Declare what a rule reads: paths such as ``regions`` or ``services[].places``; undeclared, it is always asked."""

    def declared(rule: Rule) -> Rule:
        _READS[rule] = tuple(_parts(path) for path in paths)
        return rule

    return declared


def hidden(rule: Rule, faulty: Iterable[str]) -> bool:
    """Whether something the rule reads, or what that is part of, is at fault."""
    return any(_touch(_parts(path), read) for path in faulty for read in _READS.get(rule, ()))


def follows(path: str, faulty: Iterable[str]) -> bool:
    """Whether this, or something directly in it, is at fault already: ``networks`` where ``networks.true`` is."""
    return any(each == path or re.fullmatch(re.escape(path) + r"\.[^.\[]+", each) for each in faulty)


def path_of(fault: str) -> str:
    """The path a sentence begins with."""
    return fault.partition(": ")[0]


def _parts(path: str) -> tuple[str, ...]:
    return tuple(re.sub(r"\[\d*\]", ".[]", path).split("."))


def _touch(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return all(one == other for one, other in zip(first, second, strict=False))
