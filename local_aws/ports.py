"""Ports for servers that start a moment later.

A port the kernel has just named is one of those it gives to outgoing connections: until the server binds it, any client
on the machine may have it. So a port below that range is taken, at random, for several runs may look at once.
"""

from __future__ import annotations

import random
import socket
import threading
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST, _USUAL_FIRST = 12_000, 32_768
_ATTEMPTS = 200
_dice = random.SystemRandom()
_given: set[int] = set()
_lock = threading.Lock()


def free_port(address: str = "127.0.0.1") -> int:
    """Return an unused TCP port of an address of loopback."""
    first = _first_of_the_kernel()
    for _ in range(_ATTEMPTS if first > _LOWEST else 0):
        port = _dice.randrange(_LOWEST, first)
        if _is_new(port) and _is_free(address, port):
            return port
    return _any(address)


def _is_new(port: int) -> bool:
    """Whether this process gives it out for the first time: its server may not have bound it yet."""
    with _lock:
        new = port not in _given
        _given.add(port)
    return new


def _first_of_the_kernel() -> int:
    """Return where the range of outgoing connections begins."""
    try:
        return int(_RANGE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _USUAL_FIRST


def _is_free(address: str, port: int) -> bool:
    try:
        with socket.socket() as probe:
            probe.bind((address, port))
    except OSError:
        return False
    return True


def _any(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port
