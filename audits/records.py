"""Records of calls: what each role was allowed, on what, and in which test or drill."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits.roles import Role

_SUCCESS = (*range(200, 300), 404)
"""What is not there was allowed to be asked for: without the permission AWS would not say that it is not there."""


@dataclass(frozen=True)
class Check:
    """One question to the policies of a role. ``keys`` are condition keys, as JSON; ``test`` names who caused it."""

    role: str
    action: str
    resource: str
    keys: str = "{}"
    test: str = ""

    def context(self) -> dict[str, Any]:
        """Return the condition keys."""
        context: dict[str, Any] = json.loads(self.keys)
        return context


@dataclass(frozen=True)
class Record:
    """What happened in a drill or in tests: checks of successful calls with how often, and the roles of that time."""

    name: str
    roles: tuple[Role, ...]
    checks: Mapping[Check, int]


def read_checks(path: Path) -> Counter[Check]:
    """Return the checks of all successful calls of a ``calls.jsonl``."""
    with path.open(encoding="utf-8") as lines:
        return checks_of(json.loads(line) for line in lines)


def checks_of(calls: Iterable[Mapping[str, Any]]) -> Counter[Check]:
    """Count equal checks. A call that failed otherwise, or that no policy was asked about, shows nothing."""
    found: Counter[Check] = Counter()
    for call in calls:
        if call["status"] in _SUCCESS:
            for check in call.get("checked", ()):
                found[_check(call, check)] += 1
    return found


def _check(call: Mapping[str, Any], check: Mapping[str, Any]) -> Check:
    keys = json.dumps(check.get("keys", {}), sort_keys=True)
    return Check(call["role"], check["action"], check["resource"], keys, call.get("test", ""))
