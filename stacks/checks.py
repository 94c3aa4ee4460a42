"""The requests of Route 53 health checks. Pure: no CDK, no AWS."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit


def endpoint_check(url: str, path: str) -> dict[str, Any]:
    """The health check of ``path`` below ``url``: every 10 seconds, three failures in a row count.

    Route 53 does not look at certificates; validation does (see ``validate_recovery``).
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host = parts.hostname or ""
    check: dict[str, Any] = {
        "type": "HTTPS" if secure else "HTTP",
        "port": parts.port or (443 if secure else 80),
        "resource_path": parts.path.rstrip("/") + path,
        "request_interval": 10,
        "failure_threshold": 3,
    }
    if _is_address(host):
        return {**check, "ip_address": host}
    return {**check, "fully_qualified_domain_name": host, "enable_sni": secure}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
