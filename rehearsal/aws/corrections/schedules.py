"""Schedules on the rehearsal's clock.

Upstream looks every ten seconds whether a schedule is due and knows no faster clock. Here ``rate(...)`` expressions
fire at their rate divided by the clock factor, and schedules are looked at often enough for it. ``cron`` and ``at``
name moments of the calendar and are left alone.
"""

from ministack.services import eventbridge, scheduler

from rehearsal.aws.world import World

REQUIRES = (
    "ministack.services.eventbridge:_parse_rate_seconds",
    "ministack.services.eventbridge:_SCHEDULER_TICK_INTERVAL",
    "ministack.services.scheduler:_SCHEDULE_TICK_INTERVAL",
)

_LOOK_EVERY_SECONDS = 0.25


def apply(world: World) -> None:
    """Divide the interval of every rate by the clock factor."""
    parse = eventbridge._parse_rate_seconds
    clock = world.settings.clock

    def parse_scaled(expression: str) -> float | None:
        seconds = parse(expression)
        return None if seconds is None else seconds / clock

    eventbridge._parse_rate_seconds = parse_scaled
    eventbridge._SCHEDULER_TICK_INTERVAL = _LOOK_EVERY_SECONDS
    scheduler._SCHEDULE_TICK_INTERVAL = _LOOK_EVERY_SECONDS
