"""The AWS API of the data host: moto's server with real backends behind five services."""

import re
from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from typing import Any

from moto.ecs import models as moto_ecs
from moto.elasticache import models as moto_elasticache
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.rds import models as moto_rds
from werkzeug.serving import BaseWSGIServer, make_server

from local_aws.data_plane import pages
from local_aws.data_plane.admin import Admin
from local_aws.data_plane.backends import Backends
from local_aws.ecs.ecs_backend import Ecs, scaling_limits
from local_aws.elasticache import elasticache_backend
from local_aws.elasticache.elasticache_backend import ElastiCache
from local_aws.rds import automated_backups, subnets
from local_aws.rds.databases import Key
from local_aws.rds.instance import Instance
from local_aws.rds.rds_backend import Rds
from local_aws.secretsmanager import secret_rotation, secrets_backend

_SCOPE = re.compile(r"Credential=[^/]*/\d+/(?P<region>[^/]+)/")
_DOWN_JSON = b'{"__type": "ServiceUnavailableException", "message": "The region does not answer."}'
_DOWN_XML = (
    b"<ErrorResponse><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code>"
    b"<Message>The region does not answer.</Message></Error><RequestId>none</RequestId></ErrorResponse>"
)


class Api:
    """A WSGI application: the admin API, silence for dead regions, moto for the rest."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends
        self._admin = Admin(backends)
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        if self._admin.handles(environ["REQUEST_METHOD"], environ["PATH_INFO"]):
            return self._admin(environ, start_response)
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope and scope["region"] in self._backends.databases.dead:
            return _refuse("HTTP_X_AMZ_TARGET" in environ, start_response)
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer


def attach(backends: Backends) -> None:
    """Put the backends behind moto's services; once per process, before the first request."""
    Instance.postgres = Rds.postgres = backends.databases
    Rds.faults, Rds.phases = backends.faults, backends.phases
    Ecs.scheduler = backends.scheduler
    ElastiCache.caches, ElastiCache.phases = backends.caches, backends.phases
    for of_moto, ours in (
        (moto_rds.rds_backends, Rds),
        (moto_ecs.ecs_backends, Ecs),
        (moto_elasticache.elasticache_backends, ElastiCache),
    ):
        of_moto.backend = ours
        of_moto.clear()
    automated_backups.apply()
    subnets.apply()
    pages.apply()
    elasticache_backend.apply()
    secrets_backend.apply()
    secret_rotation.apply()
    backends.databases.give_up = partial(_give_up, backends.account)
    backends.scheduler.limits_of = lambda key: scaling_limits(backends.account, key)


def _give_up(account: str, key: Key) -> None:
    """What RDS says of an instance that it cannot bring back (RDS user guide, "Viewing DB instance status")."""
    moto_rds.rds_backends[account][key.region].databases[key.identifier].status = "failed"


def serve(backends: Backends, port: int) -> BaseWSGIServer:
    """Bind the API to a port of 127.0.0.1, 0 for a free one; the caller runs ``serve_forever``."""
    return make_server("127.0.0.1", port, Api(backends), threaded=True, request_handler=MotoRequestHandler)


def _refuse(json_protocol: bool, start_response: Any) -> Iterable[bytes]:
    content, kind = (_DOWN_JSON, "application/x-amz-json-1.1") if json_protocol else (_DOWN_XML, "text/xml")
    status = HTTPStatus.SERVICE_UNAVAILABLE
    start_response(f"{status.value} {status.phrase}", [("Content-Type", kind), ("Content-Length", str(len(content)))])
    return [content]
