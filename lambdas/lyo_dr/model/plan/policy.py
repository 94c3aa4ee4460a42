"""Targets, what may happen without a person's approval, and whom to notify."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta

from lyo_dr.model.plan.kinds import MailAddress
from lyo_dr.model.plan.part import PlanPart


class Objectives(PlanPart, frozen=True):
    """Targets the business has agreed to; every drill is measured against them."""

    rto: Annotated[timedelta, Meta(description="Recovery time objective: longest time without the service.")]
    rpo: Annotated[
        timedelta,
        Meta(
            description="Recovery point objective: longest span of acknowledged work that may be lost without approval."
        ),
    ]
    availability_percent: Annotated[float, Meta(ge=0, le=100, description="Availability target, in percent.")]
    mttr: Annotated[timedelta, Meta(description="Target for the mean time to recovery.")]


class Maintenance(PlanPart, frozen=True):
    """A maintenance window: alarms are recorded and start nothing; an operator can still start an incident."""

    begins: Annotated[datetime, Meta(tz=True, description="Start, with a time zone.")]
    ends: Annotated[datetime, Meta(tz=True, description="End, with a time zone.")]
    why: Annotated[str, Meta(description="Reason, recorded with every alarm that was suppressed.")]


class Policy(PlanPart, frozen=True):
    """What may happen without a person's approval.

    ``agreement`` is longer than a Multi-AZ failover (60 to 120 s, RDS user guide, "Failover process").
    """

    failover: Annotated[
        Literal["automatic", "approve"],
        Meta(description="automatic: fail over without asking where it is safe; approve: always ask first."),
    ] = "automatic"
    breach: Annotated[
        Literal["automatic", "approve"],
        Meta(description="approve: ask before rotation and isolation; automatic: do not ask from breach.severity on."),
    ] = "approve"
    signal_max_age: Annotated[
        timedelta, Meta(description="Maximum age of an alarm; an older one is recorded and starts nothing.")
    ] = timedelta(minutes=15)
    agreement: Annotated[
        timedelta,
        Meta(
            description="How long the observers must agree, without interruption, before a region counts as lost; "
            "longer than a Multi-AZ failover."
        ),
    ] = timedelta(seconds=150)
    cooldown: Annotated[
        timedelta,
        Meta(description="How long after a recovery alarms start no other one, unless an operator acknowledged it."),
    ] = timedelta(hours=1)
    maintenance: Annotated[
        list[Maintenance], Meta(description="Maintenance windows, in which alarms start nothing.")
    ] = []


class Contacts(PlanPart, frozen=True):
    """E-mail addresses subscribed to the two notification topics, and the public status page."""

    responders: Annotated[
        list[MailAddress], Meta(min_length=1, description="E-mail addresses of the people who respond to incidents.")
    ]
    stakeholders: Annotated[
        list[MailAddress], Meta(description="E-mail addresses of the people notified when an incident starts and ends.")
    ]
    status_page: Annotated[str, Meta(description="URL of the public status page.")]
