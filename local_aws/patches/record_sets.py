"""Record sets that hang on a health check hang on one that exists.

Upstream takes any text for a health check, and a failover primary without one. AWS refuses the first with
``NoSuchHealthCheck`` and the second, unless it is an alias, with ``InvalidChangeBatch``; nothing of the batch is
carried out then. A record set may outlive its check, though, and can still be deleted. Record sets of a template are
not looked at: upstream stores them by another way, and a template refers to checks of its own.
"""

from collections.abc import Iterator
from typing import Any

from ministack.services import route53

from local_aws.patch_context import PatchContext

REQUIRES = tuple(
    f"ministack.services.route53:{name}"
    for name in (
        "_change_resource_record_sets",
        "_health_checks",
        "_zones",
        "_parse_record_set",
        "_error_response",
        "_parse_body",
        "_find",
        "_findall",
        "_text",
    )
)

_CHECKED = ("CREATE", "UPSERT")


def apply(_world: PatchContext) -> None:
    """Look at the batch before upstream carries it out."""
    change = route53._change_resource_record_sets

    def change_checked(zone_id: str, body: bytes) -> Any:
        # A zone that is not there is the first thing AWS complains about; upstream does it well.
        refused = _refusal(body) if route53._zones.get(zone_id) else None
        return refused or change(zone_id, body)

    route53._change_resource_record_sets = change_checked


def _refusal(body: bytes) -> Any | None:
    for record in _records(body):
        check = record.get("HealthCheckId")
        if check and check not in route53._health_checks:
            message = f"No health check exists with the specified ID {check}."
            return route53._error_response("NoSuchHealthCheck", message, 404)
        if record.get("Failover") == "PRIMARY" and not check and not record.get("AliasTarget"):
            message = "A non-alias primary ResourceRecordSet must have an associated health check."
            return route53._error_response("InvalidChangeBatch", message)
    return None


def _records(body: bytes) -> Iterator[dict[str, Any]]:
    """The record sets the batch wants to exist; none for a request upstream will not understand either."""
    element = route53._parse_body(body)
    for name in ("ChangeBatch", "Changes"):
        element = None if element is None else route53._find(element, name)
    for change in [] if element is None else route53._findall(element, "Change"):
        wanted = route53._find(change, "ResourceRecordSet")
        if wanted is not None and route53._text(change, "Action") in _CHECKED:
            yield route53._parse_record_set(wanted)
