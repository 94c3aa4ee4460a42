"""Automated backups replicated to another region: a copy of an archive that the loss of its region leaves alone."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from local_aws.data_plane.processes import ProcessError
from local_aws.rds.archive import Archive

if TYPE_CHECKING:
    from local_aws.rds.databases import Databases, Key

_EVERY_SECONDS = 1.0
_LOG = logging.getLogger(__name__)


class Shipping:
    """One thread that brings the copies up to date while both regions live."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._copies: dict[tuple[str, Archive], Archive] = {}
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, source: Key, region: str) -> Archive:
        """The copy in ``region`` of a source's archive, kept up to date from now on; raises ProcessError, OSError."""
        archive = self._databases.servers[source].archive
        copy = self._copies.get((region, archive))
        if copy is None:
            name = f"shipped-{region}-{source.region}-{len(self._copies)}-{source.identifier}"
            copy = Archive(self._databases.home, self._databases.home.directory / name)
            archive.ship(copy)
            self._copies[region, archive] = copy
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="shipping", daemon=True)
            self._thread.start()
        return copy

    def end(self, copy: Archive) -> None:
        """Bring a copy up to date no more."""
        self._copies = {key: other for key, other in self._copies.items() if other is not copy}

    def close(self) -> None:
        """Stop the thread."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(2)

    def _run(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            for (region, archive), copy in list(self._copies.items()):
                self._ship(region, archive, copy)

    def _ship(self, region: str, archive: Archive, copy: Archive) -> None:
        homes = [key.region for key, server in list(self._databases.servers.items()) if server.archive is archive]
        if not homes or {region, *homes} & self._databases.dead:
            return
        try:
            archive.ship(copy)
        except (ProcessError, OSError) as error:
            _LOG.warning("backups of %s do not arrive in %s: %s", homes[0], region, error)
