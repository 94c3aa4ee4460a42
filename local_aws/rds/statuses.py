"""The phases an instance passes through, each visible to a poller."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import psycopg

from local_aws.data_plane.processes import ProcessError

_LOG = logging.getLogger(__name__)


class HasStatus(Protocol):
    """What passes through phases."""

    status: str
    db_instance_identifier: str
    is_replica: bool


@dataclass
class Phases:
    """``least_seconds`` is how long a phase lasts at least, so that a poller can see it.

    It is chosen, not a duration of AWS, where the same phases take minutes. ``stretched`` says how long ``promotion``,
    ``modification``, ``storage_optimization`` and ``backup`` last when AWS's durations are modelled; what is missing
    in it is not stretched.
    """

    least_seconds: float = 0.25
    stretched: Mapping[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, instance: HasStatus, status: str) -> Iterator[None]:
        """Show ``status`` while the work inside is done; stretched, the work comes last, as after RDS's reboot."""
        instance.status = status
        started = time.monotonic()
        time.sleep(self.stretched.get(_kind(instance, status), 0.0))
        yield
        time.sleep(max(0.0, self.least_seconds - (time.monotonic() - started)))

    def optimisation_ends(self) -> float:
        """Until when (``time.monotonic``) the storage is optimised that was changed just now."""
        return time.monotonic() + self.stretched.get("storage_optimization", self.least_seconds)

    @contextmanager
    def ending(self, instance: HasStatus) -> Iterator[None]:
        """Show ``available`` when the work inside is done, ``failed`` when it failed."""
        try:
            yield
        except (ProcessError, psycopg.Error, OSError, KeyError) as error:
            # A message of PostgreSQL may quote the statement, and so a password.
            why = type(error).__name__ if isinstance(error, psycopg.Error) else error
            _LOG.warning("instance %s failed: %s", instance.db_instance_identifier, why)
            instance.status = "failed"
        else:
            instance.status = "available"


def _kind(instance: HasStatus, status: str) -> str:
    """The figure of the model a phase belongs to; a replica that is being modified is being promoted."""
    if status == "backing-up":
        return "backup"
    if status != "modifying":
        return status
    return "promotion" if instance.is_replica else "modification"
