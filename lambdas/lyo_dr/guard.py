"""The one guard in front of every step that changes something which cannot simply be changed back.

It re-reads the world inside the step, because a state machine may be redriven or retried long after the
decision was taken: automation not paused, lease ours and current, gate recorded as open, epoch current.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from lyo_dr.decisions.lease import still_ours
from lyo_dr.doorman import Here
from lyo_dr.errors import AutomationPaused, EpochStale, GateNotPassed, LeaseLost
from lyo_dr.incidents.system import System
from lyo_dr.model.incident import Incident
from lyo_dr.model.rotation import Rotation


class Guarded(Protocol):
    """A request that names its incident."""

    @property
    def incident(self) -> Incident:
        """The incident under whose lease the step acts."""


Request = TypeVar("Request", bound=Guarded)
Run = Callable[[Request, Here], Any]


class Rotating(Protocol):
    """A request that names its rotation."""

    @property
    def rotation(self) -> Rotation:
        """The rotation under whose lease the step acts."""


RotatingRequest = TypeVar("RotatingRequest", bound=Rotating)


def guard(run: Run[Request]) -> Run[Request]:
    """Check everything, push the lease out, then act."""

    @functools.wraps(run)
    def guarded(request: Request, here: Here) -> Any:
        check_not_paused(here)
        hold_lease(here, request.incident)
        _check_gate(here, request.incident)
        check_epoch(here, request.incident)
        return run(request, here)

    return guarded


def preparation(run: Run[Request]) -> Run[Request]:
    """For what can simply be taken back: like the guard, but a gate at which a person is still asked is enough."""

    @functools.wraps(run)
    def guarded(request: Request, here: Here) -> Any:
        check_not_paused(here)
        hold_lease(here, request.incident)
        _check_gate(here, request.incident, "open", "ask")
        check_epoch(here, request.incident)
        return run(request, here)

    return guarded


def aftercare(run: Run[Request]) -> Run[Request]:
    """For work after the incident is closed and its lease given back: not paused, and nothing newer on record."""

    @functools.wraps(run)
    def guarded(request: Request, here: Here) -> Any:
        check_not_paused(here)
        check_epoch(here, request.incident)
        return run(request, here)

    return guarded


def containing(run: Run[Request]) -> Run[Request]:
    """For the first steps of an incident, before there is a gate: not paused, and the lease is ours."""

    @functools.wraps(run)
    def guarded(request: Request, here: Here) -> Any:
        check_not_paused(here)
        hold_lease(here, request.incident)
        return run(request, here)

    return guarded


def working(run: Run[Request]) -> Run[Request]:
    """For looking while work is under way: the lease is still ours, and is pushed out, however long it takes."""

    @functools.wraps(run)
    def guarded(request: Request, here: Here) -> Any:
        hold_lease(here, request.incident)
        return run(request, here)

    return guarded


def rotating(run: Callable[[RotatingRequest, Here], Any]) -> Callable[[RotatingRequest, Here], Any]:
    """For a rotation: not paused, the lease is ours where it lies and is pushed out, nothing newer on record."""

    @functools.wraps(run)
    def guarded(request: RotatingRequest, here: Here) -> Any:
        rotation = request.rotation
        check_not_paused(here)
        _check_held(here, here.system_in(rotation.lease_region), rotation.holder, rotation.epoch)
        _check_newest(here, rotation.epoch)
        return run(request, here)

    return guarded


def check_not_paused(here: Here) -> None:
    """Raises AutomationPaused with who and why."""
    paused = here.system.paused()
    if paused is not None:
        raise AutomationPaused(f"{here.step} did nothing, the automation is {paused}")


def check_epoch(here: Here, incident: Incident) -> None:
    """Raises EpochStale when a newer epoch is on record."""
    _check_newest(here, incident.epoch)


def _check_newest(here: Here, epoch: int) -> None:
    record = here.system.record()
    if record.epoch > epoch:
        raise EpochStale(f"{here.step} did nothing: epoch {record.epoch} is on record, we were given {epoch}")


def hold_lease(here: Here, incident: Incident, longer: timedelta = timedelta(0)) -> None:
    """Push the lease out by its budget, and by ``longer`` while a person is waited for. Raises LeaseLost."""
    _check_held(here, here.system_of(incident), incident.id, incident.epoch, longer)


def _check_held(here: Here, system: System, holder: str, epoch: int, longer: timedelta = timedelta(0)) -> None:
    lease = system.lease()
    fault = still_ours(lease, holder=holder, epoch=epoch, now=here.now())
    if fault is not None:
        raise LeaseLost(f"{here.step} did nothing: {fault}")
    if lease is None or not system.renew_lease(lease, here.now(), here.plan.budgets.lease + longer):
        raise LeaseLost(f"{here.step} did nothing: the lease was taken over this very moment")


def _check_gate(here: Here, incident: Incident, *enough: str) -> None:
    head = here.incidents.head(incident.id)
    if head is None or head.get("gate") not in (enough or ("open",)):
        raise GateNotPassed(f"{here.step} did nothing: the gate of {incident.id} is not on record as open")
