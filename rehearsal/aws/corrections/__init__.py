"""Where the emulator differs from AWS, and how each difference is put right.

One module per correction: its docstring says what the emulator does and what AWS does, ``REQUIRES`` names what it
relies on upstream, ``apply`` puts it right in the running process. ``check`` refuses to start on an emulator that has
changed, because a correction that silently misses is a wrong rehearsal.
"""

import importlib
from types import ModuleType

from rehearsal.aws.world import World

# The order matters where two corrections wrap the same function: the later one is the outer one.
NAMES = (
    "lambda_errors",
    "lambda_workers",
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
    "cross_region_bus",
    "event_retries",
    "schedules",
    "health_checks",
    "zone_ids",
    "record_sets",
    "change_status",
    "waf_locks",
    "log_exports",
    "iam_context",
    "transport",
    "data_services",
    "secret_references",
    "resource_types",
    "dead_region",
)


class UpstreamChangedError(Exception):
    """The emulator lacks something a correction relies on; the message names it."""


def check() -> None:
    """Raise UpstreamChangedError naming the first thing that a correction needs and the emulator no longer has."""
    for module in _modules():
        for required in module.REQUIRES:
            _check_one(module.__name__.rsplit(".", 1)[-1], required)


def apply_all(world: World) -> None:
    """Apply every correction to the emulator in this process."""
    for module in _modules():
        module.apply(world)


def _modules() -> list[ModuleType]:
    return [importlib.import_module(f"{__name__}.{name}") for name in NAMES]


def _check_one(correction: str, required: str) -> None:
    module_name, _, attribute = required.partition(":")
    holder: object = None
    try:
        holder = importlib.import_module(module_name)
        for part in attribute.split("."):
            holder = getattr(holder, part)
    except (ImportError, AttributeError) as error:
        raise UpstreamChangedError(
            f"The local AWS cannot start: the correction {correction!r} needs {required}, which this version of the"
            " emulator does not have."
        ) from error
