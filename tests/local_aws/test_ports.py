"""A port for a server is free, and not one the kernel gives to clients."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from local_aws import ports


def test_a_port_can_be_bound_and_is_none_of_an_outgoing_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = tmp_path / "range"
    kernel.write_text("30000\t50000\n")
    monkeypatch.setattr(ports, "_RANGE", kernel)
    found = ports.free_port()
    assert 12_000 <= found < 30_000
    with socket.socket() as server:
        server.bind(("127.0.0.1", found))


@pytest.mark.parametrize("text", ["1024\t65535", "nonsense"])
def test_where_the_kernel_leaves_no_room_any_free_port_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    kernel = tmp_path / "range"
    kernel.write_text(text)
    monkeypatch.setattr(ports, "_RANGE", kernel)
    with socket.socket() as server:
        server.bind(("127.0.0.1", ports.free_port()))


def test_a_port_in_use_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def taken(_address: str, port: int) -> bool:
        tried.append(port)
        return len(tried) > 3

    monkeypatch.setattr(ports, "_is_free", taken)
    assert ports.free_port() == tried[-1]
    assert len(tried) == 4
