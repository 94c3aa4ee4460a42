"""Event buses in another region as targets of a rule.

Upstream drops an event whose target bus is in another region, and rewrites the region of events it forwards. AWS
delivers it, and the event keeps the region it came from.
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import eventbridge

from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.eventbridge:_dispatch_to_event_bus",
    "ministack.services.eventbridge:_dispatch_event",
    "ministack.services.eventbridge:_ensure_default_bus",
    "ministack.services.eventbridge:_event_buses",
    "ministack.services.eventbridge:_events_log_list",
    "ministack.services.eventbridge:_rule_key",
    "ministack.core.responses:request_scope",
)


def apply(_world: PatchContext) -> None:
    """Deliver across regions and accounts."""
    eventbridge._dispatch_to_event_bus = _across(eventbridge._dispatch_to_event_bus)


def _across(within: Callable[..., None]) -> Callable[..., None]:
    def dispatch(
        spec: Any, event: dict[str, Any], rule: dict[str, Any], path: set[str], payload: str | None = None
    ) -> None:
        if (spec.account_id, spec.region) == (get_account_id(), get_region()):
            within(spec, event, rule, path, payload)
            return
        source = f"{get_region()}/{eventbridge._rule_key(rule.get('Name'), rule.get('EventBusName', 'default'))}"
        if source not in path:
            forwarded = {**event, "_DispatchPath": [*path, source]}
            _deliver(spec, forwarded if payload is None else {**forwarded, "Detail": payload})

    return dispatch


def _deliver(spec: Any, event: dict[str, Any]) -> None:
    bus = spec.resource.split("/", 1)[1]
    with request_scope(spec.account_id, spec.region):
        eventbridge._ensure_default_bus()
        if bus not in eventbridge._event_buses:
            return
        arrived = {**event, "EventBusName": bus}
        logged = {name: value for name, value in arrived.items() if name != "_DispatchPath"}
        eventbridge._events_log_list().append(logged)
        eventbridge._dispatch_event(arrived)
