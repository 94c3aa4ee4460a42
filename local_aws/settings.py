"""Start parameters of the local AWS: one frozen value, read from the environment once."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local_aws.numbers import number, port, whole

DEFAULT_ACCOUNT = "000000000000"
SLOWEST, FASTEST = 0.001, 100_000.0
"""Bounds of the clock: beyond them every wait is over at once, or never."""
WITHOUT = "LOCAL_AWS_WITHOUT_PATCHES"
"""Names of patches to leave out. Only the audit of the patches sets it."""


@dataclass(frozen=True)
class Settings:
    """The start parameters of the front process.

    ``clock`` says how many times faster AWS's own clocks (alarm periods, schedules) run; 1 is real time.
    ``data_host`` is the address of the process that serves RDS, Secrets Manager, ECS and autoscaling, if there is one.
    ``without`` names patches to leave out, so that an audit can show that a test fails without each.
    """

    port: int
    account: str = DEFAULT_ACCOUNT
    clock: float = 1.0
    data_host: str | None = None
    calls_file: Path | None = None
    dns_port: int | None = None
    parent: int | None = None
    without: tuple[str, ...] = ()

    @property
    def endpoint(self) -> str:
        """The one endpoint URL of the local AWS."""
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def from_env(cls) -> Self:
        """Read ``GATEWAY_PORT`` and the ``LOCAL_AWS_*`` variables; raises ValueError for a bad number."""
        clock = number("LOCAL_AWS_CLOCK", os.environ.get("LOCAL_AWS_CLOCK", "1"), least=SLOWEST, most=FASTEST)
        calls = os.environ.get("LOCAL_AWS_CALLS_FILE")
        return cls(
            port=port("GATEWAY_PORT", os.environ.get("GATEWAY_PORT", "4566")),
            account=os.environ.get("MINISTACK_ACCOUNT_ID", DEFAULT_ACCOUNT),
            clock=clock,
            data_host=os.environ.get("LOCAL_AWS_DATA_HOST") or None,
            calls_file=Path(calls) if calls else None,
            dns_port=_optional_int("LOCAL_AWS_DNS_PORT"),
            parent=_optional_int("LOCAL_AWS_PARENT_PID"),
            without=tuple(os.environ.get(WITHOUT, "").split()),
        )


def _optional_int(name: str) -> int | None:
    value = os.environ.get(name)
    return whole(name, value) if value else None
