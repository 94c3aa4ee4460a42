"""Route 53 health checks read back as they were written.

Upstream answers flags as ``True`` (which SDKs read as false), loses the names of checker regions and child checks, and
accepts an update against a version that is no longer current. AWS answers ``true``, keeps the lists and refuses with
``HealthCheckVersionMismatch``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import route53

from local_aws.patch_context import PatchContext

REQUIRES = tuple(
    f"ministack.services.route53:{name}"
    for name in (
        "_parse_health_check_config",
        "_build_health_check_el",
        "_update_health_check",
        "_health_checks",
        "_error_response",
        "_parse_body",
        "_find",
        "_findall",
        "_text",
    )
)

_LISTS = {"Regions": "Region", "ChildHealthChecks": "ChildHealthCheck"}


def apply(_world: PatchContext) -> None:
    """Parse lists, write flags in lower case, compare versions."""
    route53._parse_health_check_config = _with_lists(route53._parse_health_check_config)
    route53._build_health_check_el = _with_flags(route53._build_health_check_el)
    route53._update_health_check = _with_version(route53._update_health_check)


def wire(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration with flags as XML spells them."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in config.items()}


def _with_lists(parse: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    def parse_lists(element: Any) -> dict[str, Any]:
        config = parse(element)
        for plural, member in _LISTS.items():
            if (found := route53._find(element, plural)) is not None:
                config[plural] = [child.text or "" for child in route53._findall(found, member)]
        return config

    return parse_lists


def _with_flags(build: Callable[[Any, dict[str, Any]], None]) -> Callable[[Any, dict[str, Any]], None]:
    def build_flags(parent: Any, check: dict[str, Any]) -> None:
        build(parent, {**check, "config": wire(check.get("config", {}))})

    return build_flags


def _with_version(update: Callable[[str, bytes], Any]) -> Callable[[str, bytes], Any]:
    def update_current(check_id: str, body: bytes) -> Any:
        check = route53._health_checks.get(check_id)
        given = route53._text(route53._parse_body(body), "HealthCheckVersion")
        if check and given and int(given) != check.get("version", 1):
            message = "The value of HealthCheckVersion in the request doesn't match the value in the health check."
            return route53._error_response("HealthCheckVersionMismatch", message, 409)
        return update(check_id, body)

    return update_current
