"""Which steps stand on the way of a failover: read from the state machines themselves."""

from __future__ import annotations

from drills.results.kinds import Kind
from stacks.asl import placeholders, process_of
from stacks.asl_yaml import machine_files

_AFTERWARDS = {
    *("protect_database", "protect_restored", "compare_damaged", "replay_rows"),
    *("secret_rotation", "breach_response", "preserve_breach"),
}
"""Machines that run after the traffic has moved, or never beside a failover; they are not on the path."""


def path_steps(kind: Kind = "failover") -> set[str]:
    """Names of all steps of all machines that run before users are served again, and of the entry point.

    In a drill of another kind than a failover: of all machines, since what they do is what the drill is about.
    """
    found = {"Receive"}
    for process, path in machine_files().items():
        if kind != "failover" or process not in _AFTERWARDS:
            found |= placeholders(path.read_text(encoding="utf-8"))
    return {name for name in found if process_of(name) is None}
