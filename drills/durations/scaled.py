"""The recovery time objective in a drill's own scale: a drill of half a minute cannot miss an objective of hours. Pure.

The model of AWS is applied to the drill itself: its plan, its clock, and only the durations that it really waits for.
A multiple of what comes out is allowed, for a machine that has other work to do as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from drills.durations.model import FIGURES, Figure
from drills.durations.outage import FAILOVER_PARTS, RESTORE_PARTS, Range, model
from local_aws.data_plane.faults import STRETCHED
from lyo_dr.model.plan import Plan

_HELD: dict[str, tuple[tuple[str, ...], float]] = {
    "failover": (FAILOVER_PARTS, 2.0),
    "restore": (RESTORE_PARTS, 6.0),
}
"""By kind of drill, the parts of its outage and the multiple. A failover mostly waits, and takes 0.6 to 1.2 times what
the model says on two processors; a restore is all work here, and takes up to four times as long on a busy machine."""
_ON_THE_CLOCK = {"checkers", "alarm", "metric", "propagation"}
_AT_ONCE = {"task_stop", "restore", "lazy_loading", "rename"}
"""What is over at once in a drill. AWS's own clocks run faster there; functions and events take what they take."""


def scaled_rto(kind: str, plan: Plan, clock: float, *, aws_timing: bool) -> float | None:
    """How long the outage may last in a drill (seconds); ``plan`` is the one that is rehearsed.

    None for a kind of drill that ends no outage.
    """
    parts, allowed = _HELD.get(kind, ((), 0.0))
    total = model(plan, parts, recovered=True, figures=in_drill(clock, aws_timing=aws_timing)).total
    return allowed * total.typical if total else None


def in_drill(clock: float, *, aws_timing: bool) -> Mapping[str, Range]:
    """The figures as they count in a drill: divided by its clock, and nothing for what it does not wait for."""
    return {key: _scaled(key, figure, clock, aws_timing) for key, figure in FIGURES.items()}


def _scaled(key: str, figure: Figure, clock: float, aws_timing: bool) -> Range:
    seconds = Range.of(figure)
    if key in STRETCHED:
        return seconds.times(1 / clock) if aws_timing else Range(0, 0, 0)
    if key in _AT_ONCE:
        return Range(0, 0, 0)
    return seconds.times(1 / clock) if key in _ON_THE_CLOCK else seconds
