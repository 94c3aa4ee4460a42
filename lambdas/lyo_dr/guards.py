"""The guard in front of every step that makes an irreversible change.

It rereads the state inside the step, because a state machine may be redriven or retried long after the
decision: automation not paused, lease ours and current, gate recorded as open, epoch current.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.lease import still_ours
from lyo_dr.errors import AutomationPaused, EpochStale, GateNotPassed, LeaseLost
from lyo_dr.model.incident import Incident
from lyo_dr.model.rotation import Rotation
from lyo_dr.store.control_state import ControlState


class Guarded(Protocol):
    """A request that names its incident."""

    @property
    def incident(self) -> Incident:
        """The incident under whose lease the step acts."""


Request = TypeVar("Request", bound=Guarded)
Run = Callable[[Request, StepContext], Any]


class Rotating(Protocol):
    """A request that names its rotation."""

    @property
    def rotation(self) -> Rotation:
        """The rotation under whose lease the step acts."""


RotatingRequest = TypeVar("RotatingRequest", bound=Rotating)


def irreversible(run: Run[Request]) -> Run[Request]:
    """Check everything, renew the lease, then act."""

    @functools.wraps(run)
    def guarded(request: Request, ctx: StepContext) -> Any:
        check_not_paused(ctx)
        hold_lease(ctx, request.incident)
        _check_gate(ctx, request.incident)
        check_epoch(ctx, request.incident)
        return run(request, ctx)

    return guarded


def reversible(run: Run[Request]) -> Run[Request]:
    """For reversible changes: like the guard, but a gate that still waits for approval is enough."""

    @functools.wraps(run)
    def guarded(request: Request, ctx: StepContext) -> Any:
        check_not_paused(ctx)
        hold_lease(ctx, request.incident)
        _check_gate(ctx, request.incident, "open", "ask")
        check_epoch(ctx, request.incident)
        return run(request, ctx)

    return guarded


def post_close(run: Run[Request]) -> Run[Request]:
    """For work after the incident is closed and its lease released: not paused, and no newer epoch on record."""

    @functools.wraps(run)
    def guarded(request: Request, ctx: StepContext) -> Any:
        check_not_paused(ctx)
        check_epoch(ctx, request.incident)
        return run(request, ctx)

    return guarded


def containment(run: Run[Request]) -> Run[Request]:
    """For the first steps of an incident, before there is a gate: not paused, and the lease is ours."""

    @functools.wraps(run)
    def guarded(request: Request, ctx: StepContext) -> Any:
        check_not_paused(ctx)
        hold_lease(ctx, request.incident)
        return run(request, ctx)

    return guarded


def polling(run: Run[Request]) -> Run[Request]:
    """For polling while work is in progress: the lease is still ours and is renewed, however long it takes."""

    @functools.wraps(run)
    def guarded(request: Request, ctx: StepContext) -> Any:
        hold_lease(ctx, request.incident)
        return run(request, ctx)

    return guarded


def rotation_guard(run: Callable[[RotatingRequest, StepContext], Any]) -> Callable[[RotatingRequest, StepContext], Any]:
    """For a rotation: not paused, the lease is ours in its region and is renewed, no newer epoch on record."""

    @functools.wraps(run)
    def guarded(request: RotatingRequest, ctx: StepContext) -> Any:
        rotation = request.rotation
        check_not_paused(ctx)
        _check_held(ctx, ctx.control_in(rotation.lease_region), rotation.holder, rotation.epoch)
        _check_newest(ctx, rotation.epoch)
        return run(request, ctx)

    return guarded


def check_not_paused(ctx: StepContext) -> None:
    """Raises AutomationPaused, naming who paused it and why."""
    paused = ctx.store.control.paused()
    if paused is not None:
        raise AutomationPaused(f"{ctx.step} did nothing: the automation is {paused}")


def check_epoch(ctx: StepContext, incident: Incident) -> None:
    """Raises EpochStale when a newer epoch is on record."""
    _check_newest(ctx, incident.epoch)


def _check_newest(ctx: StepContext, epoch: int) -> None:
    record = ctx.store.control.record()
    if record.epoch > epoch:
        raise EpochStale(f"{ctx.step} did nothing: epoch {record.epoch} is on record, this step was given {epoch}")


def hold_lease(ctx: StepContext, incident: Incident, longer: timedelta = timedelta(0)) -> None:
    """Renew the lease for its budget, plus ``longer`` while waiting for a person. Raises LeaseLost."""
    _check_held(ctx, ctx.lease_control(incident), incident.id, incident.epoch, longer)


def _check_held(
    ctx: StepContext, system: ControlState, holder: str, epoch: int, longer: timedelta = timedelta(0)
) -> None:
    lease = system.lease()
    fault = still_ours(lease, holder=holder, epoch=epoch, now=ctx.now())
    if fault is not None:
        raise LeaseLost(f"{ctx.step} did nothing: {fault}")
    if lease is None or not system.renew_lease(lease, ctx.now(), ctx.plan.budgets.lease + longer):
        raise LeaseLost(f"{ctx.step} did nothing: the lease was just taken by another holder")


def _check_gate(ctx: StepContext, incident: Incident, *enough: str) -> None:
    head = ctx.store.incidents.head(incident.id)
    if head is None or head.get("gate") not in (enough or ("open",)):
        raise GateNotPassed(f"{ctx.step} did nothing: the gate of {incident.id} is not recorded as open")
