"""The notifications of an incident, in the customer's words; ``subjects.py`` makes subjects as SNS takes them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.decisions.common.consent import UNKNOWN, stated_loss
from lyo_dr.decisions.common.endings import RESTORED, RESTORED_TEXT, disruption_ended
from lyo_dr.decisions.common.users_outage import UsersOutage, outage_sentence
from lyo_dr.model.consent import Question
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Incident
from lyo_dr.model.outbox import Milestone
from lyo_dr.model.plan import Plan, Service


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one audience, sent once."""

    audience: str
    subject: str
    text: str
    about: str = ""
    """Idempotency key within a step and audience; empty where a step sends one message to each audience."""
    milestone: Milestone = ""
    """What it says of the service, for those who use it."""


def to_responders(subject: str, text: str) -> Message:
    """A message to the responders."""
    return Message(audience="responders", subject=subject, text=text)


def incident_opened(plan: Plan, incident: Incident, sentence: str, evidence: list[str]) -> list[Message]:
    """First notification: the disruption for stakeholders, the observations for responders."""
    until = _clock(incident.opened_at + plan.objectives.rto)
    stakeholders = (
        "We are experiencing a service disruption. Automatic recovery is in progress.\n\n"
        f"Estimated resolution: before {until}\nStatus page: {plan.contacts.status_page}\n"
    )
    facts = "\n".join(f"- {line}" for line in evidence)
    responders = (
        f"{sentence}.\nFailing over to {incident.region} under epoch {incident.epoch}.\n\n"
        f"Observations:\n{facts}\n\n"
        f"Incident {incident.id}. No action needed unless asked; `lyo-dr pause` stops it before the promotion.\n"
    )
    return [
        Message(
            audience="stakeholders",
            subject=f"Service disruption - {_title(plan)}",
            text=stakeholders,
            milestone="disruption",
        ),
        Message(
            audience="responders",
            subject=f"Recovering from the loss of {incident.lost_region}",
            text=responders,
        ),
    ]


def decision_needed(plan: Plan, incident: Incident, question: Question) -> list[Message]:
    """Request for approval: the loss, the reasons, the observations, what is irreversible, and how to answer."""
    accept = f" --accept-data-loss {_accepting(question)}" if question.over_rpo else ""
    text = (
        f"Approve or decline the failover from {incident.lost_region} to {incident.region}.\n\n"
        f"At risk: {stated_loss(question)}.\n\n"
        f"Why approval is needed:\n{_list(question.blockers)}\n\n"
        f"Observations:\n{_list(question.evidence)}\n\n"
        f"Irreversible consequences:\n{_list(question.irrevocable)}\n\n"
        f"Answer by {_clock(question.expires_at)}; after that the incident is held and nothing is changed:\n"
        f"  lyo-dr approve {incident.id} --facts {question.facts}{accept}\n"
        f"  lyo-dr decline {incident.id} --why '...'\n\n"
        "Meanwhile the standby is scaled up; it is scaled back down unless you approve.\n"
    )
    return [
        Message(
            audience="responders",
            subject=f"DECISION NEEDED: the loss of {incident.lost_region} ({plan.name})",
            text=text,
            about=f"{question.facts}#{question.asked_at.isoformat()}",
        )
    ]


def _accepting(question: Question) -> str:
    """The loss, rounded up to whole seconds, in the form the CLI accepts."""
    if question.loss_ms is None:
        return UNKNOWN
    return f"PT{-(-question.loss_ms // 1000)}S"


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines) or "- nothing"


def incident_closed(
    plan: Plan,
    incident: Incident,
    *,
    ending: str,
    sentence: str,
    reasons: list[str],
    now: datetime,
    instance_lost: bool = False,
    outage: UsersOutage | None = None,
) -> list[Message]:
    """Final notification. Of another ending than a recovery stakeholders hear if they were told of the disruption.

    ``instance_lost``: no data was damaged.

    ``outage``: the recovery time that is stated is that of the users; None where nobody measured it.
    """
    lines = "\n".join(f"- {line}" for line in reasons)
    users = "" if outage is None else f"Users' recovery time: {outage_sentence(outage)}.\n"
    responders = Message(
        audience="responders",
        subject=f"Incident {ending.replace('_', ' ')}: {incident.database or incident.breach or incident.lost_region}",
        text=f"{sentence}.\n\n{lines}\n\n"
        f"{users}Incident {incident.id}, closed {humanize(now - incident.opened_at)} after it was opened.\n",
    )
    if ending != "recovered":
        return [*ending_for_stakeholders(plan, ending), responders]
    stakeholders = Message(
        audience="stakeholders",
        subject=f"{RESTORED} - {_title(plan)}",
        text=(f"{RESTORED_TEXT}\n\n{_span(outage, incident, now)}Root cause: {_root_cause(incident, instance_lost)}\n"),
        milestone="restored",
    )
    return [stakeholders, responders]


def ending_for_stakeholders(plan: Plan, ending: str, about: str = "") -> list[Message]:
    """How the disruption they were told of ends without a recovery; sent to nobody who was told of none."""
    told = disruption_ended(plan, ending)
    if told is None:
        return []
    subject, text = told
    return [Message(audience="stakeholders", subject=subject, text=text, about=about, milestone="ended")]


def _span(outage: UsersOutage | None, incident: Incident, now: datetime) -> str:
    if outage is None:
        return f"Started: at or before {_clock(incident.outage_start)}\nResolved: {_clock(now)}\n"
    least = "at or before " if outage.at_least else ""
    return (
        f"Started: {least}{_clock(outage.began)}\nResolved: {_clock(outage.served_again)}\n"
        f"Duration: {humanize(outage.served_again - outage.began)}{' or longer' if outage.at_least else ''}\n"
    )


def restore_begun(plan: Plan, incident: Incident, sentence: str, *, instance_lost: bool = False) -> list[Message]:
    """First notification of a restore: the service is stopped on purpose, unless it is down already."""
    until = _clock(incident.opened_at + plan.objectives.rto)
    what = "A database has failed, and the service is down while we restore it"
    stakeholders = (
        f"{what if instance_lost else 'We have found damaged data and paused the service while we restore it'}.\n\n"
        f"Estimated resolution: before {until}\nStatus page: {plan.contacts.status_page}\n"
    )
    responders = (
        f"{sentence}.\n\nIncident {incident.id}. The damaged instance is kept and a snapshot of it is taken. "
        "To stop before users are switched to the restored instance, pause the automation (`lyo-dr pause`).\n"
    )
    return [
        Message(
            audience="stakeholders",
            subject=f"Service paused - {_title(plan)}",
            text=stakeholders,
            milestone="disruption",
        ),
        Message(audience="responders", subject=f"Restoring database {incident.database}", text=responders),
    ]


def incident_failed(
    plan: Plan,
    incident_id: str,
    ending: str,
    sentence: str,
    *,
    resumable: bool,
    runbook: str,
    opened: bool = True,
    about: str = "",
) -> list[Message]:
    """Handover to a person: the automation has stopped; says what is known and what was not changed.

    ``runbook`` is the page of what failed; ``opened`` is False where no incident was opened, and so nobody told of
    one; ``about`` the execution that took the incident up again: its failure is news, too.
    """
    again = f"Once the reason is gone, take it up again:\n  lyo-dr resume {incident_id} --why '...'\n\nOr follow"
    return [
        *(ending_for_stakeholders(plan, ending, about) if opened else []),
        Message(
            audience="responders",
            subject=f"ACTION NEEDED: incident {ending}",
            text=f"{sentence}.\n\n"
            f"Incident {incident_id}. The automation has stopped. {again if resumable else 'Follow'} {runbook}.\n",
            about=about,
        ),
    ]


def promotion_is_slow(incident_id: str, database: str, sentence: str, until: datetime) -> list[Message]:
    """Early warning at half of the promotion budget; nothing has failed yet."""
    return [
        Message(
            audience="responders",
            subject=f"Promotion of {database[:60]} is slow",
            text=f"{sentence}; half of its budget is used.\n\nIt is checked until {_clock(until)} and never started a "
            "second time; after that the incident fails without having moved traffic. Check the instance in RDS, and "
            f"see the region-loss runbook for the manual procedure. Incident {incident_id}.\n",
            about=database,
        )
    ]


def unprotected(incident_id: str, database: str, sentence: str) -> list[Message]:
    """Warning that the service runs without backups, Multi-AZ or replica; the next failure would lose data."""
    return [
        Message(
            audience="responders",
            subject=f"ACTION NEEDED: {database} is not protected yet",
            text=f"{sentence}.\n\nThe service is up. Enable backups and Multi-AZ manually. Incident {incident_id}.\n",
        )
    ]


def rotation_postponed(rotation_id: str, sentence: str) -> list[Message]:
    """Notice that a secret rotation is postponed; no action needed."""
    return [
        Message(
            audience="responders",
            subject="Secret rotation postponed",
            text=f"{sentence}.\n\nNo action needed. Rotation {rotation_id}.\n",
        )
    ]


def rotation_failed(rotation_id: str, sentence: str) -> list[Message]:
    """Warning that a rotation is unfinished; the application keeps working, so it is not urgent."""
    return [
        Message(
            audience="responders",
            subject="ACTION NEEDED: secret rotation not finished",
            text=f"{sentence}.\n\nThe application keeps working: its login is retired only after the new one is "
            "proven to work. Fix the problem above and start the rotation again; it resumes where it stopped "
            f"(docs/how-to/rotate-secrets.md). Rotation {rotation_id}.\n",
        )
    ]


def _root_cause(incident: Incident, instance_lost: bool) -> str:
    if instance_lost:
        return f"database {incident.database} failed and has been restored; the most recent entries may be missing."
    if incident.database:
        return f"data of {incident.database} was damaged and has been restored; later entries may be missing."
    return f"the AWS region {incident.lost_region} went down; the service now runs in {incident.region}."


def _title(plan: Plan) -> str:
    """The service's DNS names, cut to fit a subject."""
    return plan.front_label()[:60]


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def limits_not_returned(
    incident_id: str, service: Service, region: str, *, minimum: int, maximum: int
) -> list[Message]:
    """An incident that ended in nothing could not give a service its autoscaling limits back."""
    place = service.places[region]
    return [
        Message(
            audience="responders",
            subject=f"ACTION NEEDED: autoscaling of {service.name} is not put back",
            text=f"Incident {incident_id} has changed nothing in the end, but the autoscaling limits that service "
            f"{service.name} had in {region} ({minimum} to {maximum} tasks) could not be put back. Those of "
            "now may start tasks that nobody wants, or take tasks away.\n\nIt is tried again every minute; the "
            "timeline says when it is done. Until then watch the number of tasks, or set the limits by hand:\n"
            f"  aws application-autoscaling register-scalable-target --region {region} --service-namespace ecs "
            "--scalable-dimension ecs:service:DesiredCount "
            f"--resource-id service/{place.cluster}/{place.service} --min-capacity {minimum} "
            f"--max-capacity {maximum}\n",
            about=f"{service.name} back",
        )
    ]


def limits_owed(incident_id: str, service: Service, region: str) -> list[Message]:
    """The service runs, but Application Auto Scaling did not take its limits; it may take tasks away."""
    place = service.places[region]
    return [
        Message(
            audience="responders",
            subject=f"ACTION NEEDED: autoscaling of {service.name} is not set",
            text=f"Service {service.name} runs in {region}, but its autoscaling limits could not be read or set, "
            "and may take tasks away.\n\nIt is tried again every minute; the timeline says when it is done. Until then "
            "watch the number of tasks, or set the limits by hand:\n"
            f"  aws application-autoscaling register-scalable-target --region {region} --service-namespace ecs "
            "--scalable-dimension ecs:service:DesiredCount "
            f"--resource-id service/{place.cluster}/{place.service} --min-capacity {service.desired}\n\n"
            f"Incident {incident_id}.\n",
            about=service.name,
        )
    ]
