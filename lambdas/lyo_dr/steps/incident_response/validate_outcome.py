"""ValidateOutcome: verify the recovery once more before the final notification."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.outcome import recovered_after_all, undisturbed
from lyo_dr.decisions.incident.skip import ended_without
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Outcome, Triage
from lyo_dr.services.common.front_door import ask_services
from lyo_dr.services.common.hooks import without_success
from lyo_dr.services.incident.skips import used_skips


class NotRecovered(LyoDrError):
    """The failover reported success, but a check contradicts it."""


class MachineState(msgspec.Struct, frozen=True):
    """The parts of the execution's state this step reads; ``run`` is absent when nothing was run."""

    triage: Triage
    run: dict[str, Any] | None = None


class Request(msgspec.Struct, frozen=True):
    """The incident and the state of the execution."""

    incident: Incident
    so_far: MachineState


@step("ValidateOutcome", Request, noted=True)
def handler(request: Request, ctx: StepContext) -> Outcome:
    """The ending. Raises NotRecovered, so that a phantom success takes the failure path."""
    incident, triage = request.incident, request.so_far.triage
    if request.so_far.run is None:
        return undisturbed(triage.decision, triage.sentence, triage.evidence)
    failover = request.so_far.run["failover"]
    if failover["outcome"] != "recovered":
        sentence = ended_without("; ".join(failover["reasons"]), used_skips(ctx, incident.id))
        return undisturbed(failover["outcome"], sentence, triage.evidence)
    _check(incident, ctx)
    sentence = (
        f"Recovered in {incident.region} from the loss of {incident.lost_region}; "
        "unprotected until a new replica streams"
    )
    if missed := without_success(ctx, incident.id):
        sentence += f"; hooks without success: {', '.join(missed)}"
    return Outcome(
        ending="recovered",
        sentence=ended_without(sentence, used_skips(ctx, incident.id)),
        reasons=failover["reasons"],
    )


def _check(incident: Incident, ctx: StepContext) -> None:
    record = ctx.store.control.record()
    for answer in ask_services(ctx):
        fault = recovered_after_all(record, incident.region, incident.epoch, answer)
        if fault is not None:
            raise NotRecovered(fault)
