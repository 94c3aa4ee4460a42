"""Patches: where the emulator differs from AWS, and the fix for each difference.

One module per patch: its docstring says what the emulator does and what AWS does, ``REQUIRES`` names the internals it
relies on, ``apply`` fixes the running process. ``check`` refuses to start on an emulator that has changed, because a
patch that silently does nothing would give wrong results.
"""

import importlib
from types import ModuleType

from local_aws.patch_context import PatchContext
from local_aws.upstream import UpstreamChangedError, require

__all__ = ["NAMES", "UpstreamChangedError", "apply_all", "check"]

# The order matters where two patches wrap the same function: the later one is the outer one.
NAMES = (
    "lambda_errors",
    "lambda_workers",
    "start_pause",
    "machine_timeout",
    "idempotent_start",
    "retry_delay",
    "nested_failures",
    "machine_role",
    "machine_calls",
    "callbacks",
    "paths",
    "alarm_events",
    "alarm_evaluation",
    "findings",
    "cross_region_bus",
    "event_retries",
    "schedules",
    "health_checks",
    "zone_ids",
    "record_sets",
    "change_status",
    "waf_locks",
    "group_rules",
    "message_limits",
    "version_ranges",
    "front_doors",
    "log_exports",
    "bucket_locks",
    "trail_events",
    "iam_context",
    "transport",
    "data_services",
    "secret_references",
    "url_identity",
    "resource_types",
    "taken_names",
    "dead_region",
)


def check() -> None:
    """Raise UpstreamChangedError naming the first thing that a patch needs and the emulator no longer has."""
    for module in _modules():
        require(module.__name__.rsplit(".", 1)[-1], module.REQUIRES)


def apply_all(context: PatchContext) -> None:
    """Apply every patch to the emulator in this process, but those the settings leave out."""
    for module in _modules():
        if module.__name__.rsplit(".", 1)[-1] not in context.settings.without:
            module.apply(context)


def _modules() -> list[ModuleType]:
    return [importlib.import_module(f"{__name__}.{name}") for name in NAMES]
