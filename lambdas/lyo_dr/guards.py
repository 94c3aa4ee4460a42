"""The guard in front of every step that makes an irreversible change.

It re-reads the world inside the step, because a state machine may be redriven or retried long after the
decision was taken: automation not paused, lease ours and current, gate recorded as open, epoch current.
Who has to meet which of them is the table at the end. The lease comes first: while the automation is paused, each
attempt renews it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, TypeVar, overload

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.lease import ASK_WHO_WORKS, remedy, still_ours
from lyo_dr.errors import AutomationPaused, EpochStale, GateNotPassed, LeaseLost
from lyo_dr.model.incident import Incident, WorkKind
from lyo_dr.model.rotation import Rotation
from lyo_dr.store.control_state import ControlState


class Guarded(Protocol):
    """A request that names its incident."""

    @property
    def incident(self) -> Incident:
        """The incident under whose lease the step acts."""


class Rotating(Protocol):
    """A request that names its rotation."""

    @property
    def rotation(self) -> Rotation:
        """The rotation under whose lease the step acts."""


Request = TypeVar("Request", bound=Guarded)
RotatingRequest = TypeVar("RotatingRequest", bound=Rotating)


class Guard(Protocol):
    """A decorator of steps of an incident."""

    def __call__(self, run: Callable[[Request, StepContext], Any], /) -> Callable[[Request, StepContext], Any]:
        """The step, which raises instead of running while a requirement is not met."""


class RotationGuard(Protocol):
    """A decorator of steps of a rotation."""

    def __call__(
        self, run: Callable[[RotatingRequest, StepContext], Any], /
    ) -> Callable[[RotatingRequest, StepContext], Any]:
        """The step, which raises instead of running while a requirement is not met."""


@overload
def requires(*requirements: Callable[[Guarded, StepContext], None]) -> Guard: ...
@overload
def requires(*requirements: Callable[[Rotating, StepContext], None]) -> RotationGuard: ...
def requires(*requirements: Callable[[Any, StepContext], None]) -> Any:
    """A guard that checks these in their order, and then lets the step run."""

    def guard(run: Callable[[Any, StepContext], Any]) -> Callable[[Any, StepContext], Any]:
        @functools.wraps(run)
        def guarded(request: Any, ctx: StepContext) -> Any:
            for requirement in requirements:
                requirement(request, ctx)
            return run(request, ctx)

        return guarded

    return guard


def check_not_paused(ctx: StepContext, work: str = "") -> None:
    """Raises AutomationPaused, naming who paused it and why. The state machine tries again until the pause has ended.

    ``work`` is the incident or rotation that waits: its timeline says so once for each step and pause.
    """
    paused = ctx.store.control.paused()
    if paused is None:
        return
    since = next((str(span.since) for span in reversed(ctx.store.control.pauses())), "")
    if work and ctx.store.incidents.record_once(work, "PAUSED", f"{since}#{ctx.step}"):
        ctx.record(work, f"Waiting, nothing was changed: the automation is {paused}")
    raise AutomationPaused(f"{ctx.step} did nothing: the automation is {paused}")


def check_epoch(ctx: StepContext, incident: Incident) -> None:
    """Raises EpochStale when a newer epoch is on record."""
    _check_newest(ctx, incident.epoch)


def _check_newest(ctx: StepContext, epoch: int) -> None:
    record = ctx.store.control.record()
    if record.epoch > epoch:
        raise EpochStale(f"{ctx.step} did nothing: epoch {record.epoch} is on record, this step was given {epoch}")


def hold_lease(ctx: StepContext, incident: Incident, longer: timedelta = timedelta(0)) -> None:
    """Renew the lease for its budget, plus ``longer`` while waiting for a person. Raises LeaseLost.

    A breach holds none: it is contained whatever else is in progress, and its rotation asks for a lease of its own.
    """
    if incident.breach:
        return
    kind: WorkKind = "restore" if incident.database else "region_loss"
    _check_held(ctx, ctx.lease_control(incident), kind, incident.id, incident.epoch, longer)


def _check_held(
    ctx: StepContext,
    system: ControlState,
    kind: WorkKind,
    holder: str,
    epoch: int,
    longer: timedelta = timedelta(0),
) -> None:
    lease = system.lease()
    # What waits for a table may find its lease expired. An execution that is redriven after the RTO finds it lost.
    grace = ctx.plan.objectives.rto
    fault = still_ours(lease, holder=holder, epoch=epoch, now=ctx.now(), kind=kind, grace=grace)
    if fault is not None:
        raise LeaseLost(f"{ctx.step} did nothing: {fault}; {remedy(lease, holder=holder, kind=kind)}")
    if lease is None or not system.renew_lease(lease, ctx.now(), ctx.plan.budgets.lease + longer):
        raise LeaseLost(f"{ctx.step} did nothing: the lease was just taken by another holder; {ASK_WHO_WORKS}")


def _check_gate(ctx: StepContext, incident: Incident, *enough: str) -> None:
    head = ctx.store.incidents.head(incident.id)
    if head is None or head.get("gate") not in enough:
        raise GateNotPassed(f"{ctx.step} did nothing: the gate of {incident.id} is not recorded as open")


def _not_paused(request: Guarded, ctx: StepContext) -> None:
    check_not_paused(ctx, request.incident.id)


def _rotation_not_paused(request: Rotating, ctx: StepContext) -> None:
    check_not_paused(ctx, request.rotation.id)


def _lease_held(request: Guarded, ctx: StepContext) -> None:
    hold_lease(ctx, request.incident)


def _gate_open(request: Guarded, ctx: StepContext) -> None:
    _check_gate(ctx, request.incident, "open")


def _gate_open_or_asking(request: Guarded, ctx: StepContext) -> None:
    _check_gate(ctx, request.incident, "open", "ask")


def _epoch_current(request: Guarded, ctx: StepContext) -> None:
    check_epoch(ctx, request.incident)


def _rotation_lease_held(request: Rotating, ctx: StepContext) -> None:
    rotation = request.rotation
    _check_held(ctx, ctx.control_in(rotation.lease_region), "rotation", rotation.id, rotation.epoch)


def _rotation_epoch_current(request: Rotating, ctx: StepContext) -> None:
    _check_newest(ctx, request.rotation.epoch)


irreversible = requires(_lease_held, _not_paused, _gate_open, _epoch_current)
"""For irreversible steps: every requirement is met and the lease is renewed, then the step acts."""
reversible = requires(_lease_held, _not_paused, _gate_open_or_asking, _epoch_current)
"""For steps that can be rolled back: a gate that still waits for an approval is enough."""
post_close = requires(_not_paused, _epoch_current)
"""For work after the incident is closed and its lease released: not paused, and no newer epoch on record."""
containment = requires(_lease_held, _not_paused)
"""For the first steps of an incident, before there is a gate: not paused, and the lease is held and renewed."""
polling = requires(_lease_held)
"""For polling work that is under way: the lease is held and renewed, however long it takes."""
rotation_guard = requires(_rotation_lease_held, _rotation_not_paused, _rotation_epoch_current)
"""For a rotation: not paused, its lease is held and renewed where it lies, and no newer epoch on record."""
