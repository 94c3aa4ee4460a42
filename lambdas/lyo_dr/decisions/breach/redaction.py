"""Redaction of evidence: values that may be secrets are removed; names stay, to show what existed."""

from __future__ import annotations

from typing import Any

WITHHELD = "(not kept: it may be a secret)"
_HEADERS = frozenset(
    ("authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "x-amz-security-token")
)


def without_environment(described: Any) -> Any:
    """Tasks and task definitions as ECS describes them, without the values of environment variables, at any depth."""
    if isinstance(described, list):
        return [without_environment(item) for item in described]
    if not isinstance(described, dict):
        return described
    return {
        name: [{**variable, "value": WITHHELD} for variable in value]
        if name == "environment" and isinstance(value, list)
        else without_environment(value)
        for name, value in described.items()
    }


def without_credentials(request: dict[str, Any]) -> dict[str, Any]:
    """A sampled request without the values of the headers that carry credentials, and without its query."""
    asked = request["Request"]
    headers = [
        {**header, "Value": WITHHELD} if header["Name"].lower() in _HEADERS else header
        for header in asked.get("Headers", [])
    ]
    return {**request, "Request": {**asked, "Headers": headers, "URI": asked.get("URI", "").split("?")[0]}}
