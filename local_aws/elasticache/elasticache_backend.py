"""ElastiCache with real Redis behind it: replication groups of one node, and their AUTH tokens.

moto answers from tables: an address that resolves nowhere, and a change of a token is accepted and forgotten.
"""

from __future__ import annotations

import re
import threading
import time
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.elasticache import models as moto_elasticache
from moto.elasticache import responses
from moto.elasticache.exceptions import InvalidParameterValueException

from local_aws.data_plane.processes import ProcessError
from local_aws.elasticache.redis_servers import ADDRESS, Caches
from local_aws.rds.statuses import Phases

_TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")
_PENDING = {"ROTATE": "ROTATING", "SET": "SETTING"}


class InvalidGroupState(ServiceException):  # type: ignore[misc]
    """What ElastiCache says while a group is busy (API reference, ModifyReplicationGroup)."""

    code = "InvalidReplicationGroupState"


class ElastiCache(moto_elasticache.ElastiCacheBackend):  # type: ignore[misc]
    """The API of one region. Statuses pass through their phases while threads do the work on the servers."""

    __module__ = "moto.elasticache.models"  # moto derives the service from the second part of the module name
    caches: Caches
    phases: Phases

    @property
    def _url_module(self) -> Any:
        from moto.elasticache import urls

        return urls

    def create_replication_group(self, **settings: Any) -> Any:
        """Start to create a group of one node with a token; raises ServiceException."""
        token = str(settings["auth_token"] or "")
        _require_token(token)
        group = super().create_replication_group(**settings)
        group.pending_modified_values = {}
        group.node_groups = []

        def work() -> None:
            server = self.caches.create(self.region_name, group.replication_group_id, token)
            end = {"Address": ADDRESS, "Port": server.port}
            member = {"CacheClusterId": f"{group.replication_group_id}-001", "CacheNodeId": "0001", "ReadEndpoint": end}
            shard = {"NodeGroupId": "0001", "Status": "available", "PrimaryEndpoint": end, "NodeGroupMembers": [member]}
            group.node_groups = [shard]

        self._begin(group, "creating", work)
        return group

    def change_token(self, name: str, token: str, strategy: str, *, at_once: bool) -> Any:
        """ROTATE: this token and the newest so far. SET: this one alone. Raises ServiceException."""
        (group,) = self.describe_replication_groups(name)
        _require_token(token)
        if strategy not in _PENDING:
            raise InvalidParameterValueException(f"Invalid AuthTokenUpdateStrategy: {strategy}")
        if not at_once:
            raise InvalidParameterValueException("A change of the AuthToken has to be applied immediately")
        if group.status != "available":
            raise InvalidGroupState(f"Replication group {name} is not in available state")
        server = self.caches.servers[self.region_name, name]
        tokens = [token] if strategy == "SET" else [server.tokens[-1], token]
        group.pending_modified_values = {"AuthTokenStatus": _PENDING[strategy]}
        self._begin(group, "modifying", lambda: server.accept(tokens))
        return group

    def _begin(self, group: Any, status: str, work: Any) -> None:
        group.status = status
        threading.Thread(target=self._work, args=(group, work), name="elasticache", daemon=True).start()

    def _work(self, group: Any, work: Any) -> None:
        time.sleep(self.phases.least_seconds)
        try:
            work()
        except (ProcessError, OSError, KeyError):
            # What was there before goes on with the tokens it had.
            ended = "create-failed" if group.status == "creating" else "available"
        else:
            ended = "available"
        group.pending_modified_values = {}
        group.status = ended


def apply() -> None:
    """Hand a changed token on; AttributeError when moto no longer has what this patches."""
    original = responses.ElastiCacheResponse.modify_replication_group

    def patched(self: Any) -> Any:
        token = self._get_param("AuthToken")
        if token is None:
            return original(self)
        group = self.elasticache_backend.change_token(
            self._get_param("ReplicationGroupId"),
            token,
            self._get_param("AuthTokenUpdateStrategy", "ROTATE"),
            at_once=bool(self._get_bool_param("ApplyImmediately", False)),
        )
        return ActionResult({"ReplicationGroup": group})

    responses.ElastiCacheResponse.modify_replication_group = patched


def _require_token(token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise InvalidParameterValueException("Invalid AuthToken provided.")
