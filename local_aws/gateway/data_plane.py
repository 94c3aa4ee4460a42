"""The way to the data host: the process that serves RDS, ElastiCache, Secrets Manager, ECS and autoscaling."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

SERVICES = ("rds", "elasticache", "secretsmanager", "ecs", "application-autoscaling")
DEADLINE_SECONDS = 60.0

_HOP_BY_HOP = {"host", "content-length", "connection", "transfer-encoding", "keep-alive"}
_KEPT_IN_ANSWERS = {"content-type", "x-amzn-requestid", "x-amzn-errortype"}


class DataHostError(Exception):
    """The data host is not configured or did not answer."""


@dataclass(frozen=True)
class DataHostClient:
    """Where the data host listens. Every call blocks its thread for at most DEADLINE_SECONDS."""

    url: str
    account: str

    def forward(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | str, query: Mapping[str, Any]
    ) -> tuple[int, dict[str, str], bytes]:
        """Hand a request over as it is and return status, headers and body; raises DataHostError without an answer."""
        address = urlsplit(self.url)
        sent = {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
        sent["x-moto-account-id"] = self.account
        target = path + ("?" + urlencode(query, doseq=True) if query else "")
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=DEADLINE_SECONDS)
        try:
            connection.request(method, target, body=body, headers=sent)
            answer = connection.getresponse()
            kept = {k.lower(): v for k, v in answer.getheaders() if k.lower() in _KEPT_IN_ANSWERS}
            return answer.status, kept, answer.read()
        except OSError as error:
            raise DataHostError(f"the data host at {self.url} does not answer: {error}") from error
        finally:
            connection.close()

    def secret(self, region: str, operation: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """Ask Secrets Manager of a region; None when it refuses, for instance because there is no such secret."""
        scope = f"{self.account}/20260101/{region}/secretsmanager/aws4_request"
        headers = {
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"secretsmanager.{operation}",
        }
        status, _, body = self.forward("POST", "/", headers, json.dumps(dict(request)), {})
        answer: dict[str, Any] = json.loads(body or b"{}")
        return answer if status == http.client.OK else None
