"""What people are told, in the words of the customer's plan. Subjects stay below SNS's 100 characters."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.decisions.common.consent import UNKNOWN, stated_loss
from lyo_dr.model.consent import Question
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one audience, sent once."""

    audience: str
    subject: str
    text: str
    about: str = ""
    """Tells two messages of one step apart; empty where a step sends one to each audience."""


def to_responders(subject: str, text: str) -> Message:
    """One message to those who work on it."""
    return Message(audience="responders", subject=subject, text=text)


def incident_opened(plan: Plan, incident: Incident, sentence: str, evidence: list[str]) -> list[Message]:
    """The first message: to customers what they feel, to responders what was seen."""
    until = _clock(incident.opened_at + plan.objectives.rto)
    stakeholders = (
        "We are experiencing a service disruption. Our recovery has started and is running by itself.\n\n"
        f"Estimated resolution: before {until}\nStatus page: {plan.contacts.status_page}\n"
    )
    facts = "\n".join(f"- {line}" for line in evidence)
    responders = (
        f"{sentence}.\nRecovery moves to {incident.region} under epoch {incident.epoch}.\n\n"
        f"What was seen:\n{facts}\n\n"
        f"Incident {incident.id}. Nothing has to be done unless asked; `lyo-dr pause` stops it before the promotion.\n"
    )
    return [
        Message(audience="stakeholders", subject=f"Service disruption - {_title(plan)}", text=stakeholders),
        Message(
            audience="responders",
            subject=f"Recovering from the loss of {incident.lost_region}",
            text=responders,
        ),
    ]


def decision_needed(plan: Plan, incident: Incident, question: Question) -> list[Message]:
    """A person is asked: the number, why, what was seen, what cannot be taken back, and how to answer."""
    accept = f" --accept-data-loss {_accepting(question)}" if question.over_rpo else ""
    text = (
        f"A person has to decide whether {incident.region} takes over from {incident.lost_region}.\n\n"
        f"At stake: {stated_loss(question)}.\n\n"
        f"Why you are asked:\n{_list(question.blockers)}\n\n"
        f"What was seen:\n{_list(question.evidence)}\n\n"
        f"What nobody can take back:\n{_list(question.irrevocable)}\n\n"
        f"Until {_clock(question.expires_at)}, afterwards the incident is held and nothing is changed:\n"
        f"  lyo-dr approve {incident.id} --facts {question.facts}{accept}\n"
        f"  lyo-dr decline {incident.id} --why '...'\n\n"
        "Meanwhile the stand-by's capacity is raised; that is lowered again unless you approve.\n"
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
    """The loss rounded up to whole seconds, as a person types it."""
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
) -> list[Message]:
    """The final message; stakeholders hear only of what they felt. ``instance_lost``: no data was damaged."""
    lines = "\n".join(f"- {line}" for line in reasons)
    responders = Message(
        audience="responders",
        subject=f"Incident {ending.replace('_', ' ')}: {incident.database or incident.breach or incident.lost_region}",
        text=f"{sentence}.\n\n{lines}\n\n"
        f"Incident {incident.id}, {_span(now - incident.opened_at)} after it was opened.\n",
    )
    if ending != "recovered":
        return [responders]
    stakeholders = Message(
        audience="stakeholders",
        subject=f"Service restored - {_title(plan)}",
        text=(
            "Service has been fully restored.\n\n"
            f"Started: no later than {_clock(incident.outage_start)}\nResolved: {_clock(now)}\n"
            f"Root cause: {_root_cause(incident, instance_lost)}\n"
        ),
    )
    return [stakeholders, responders]


def restore_begun(plan: Plan, incident: Incident, sentence: str, *, instance_lost: bool = False) -> list[Message]:
    """The first message when a database is restored: the service pauses, on purpose, unless it is down anyway."""
    until = _clock(incident.opened_at + plan.objectives.rto)
    what = "A database is lost, and the service is down while we restore it"
    stakeholders = (
        f"{what if instance_lost else 'We have found wrong data and pause the service while we restore it'}.\n\n"
        f"Estimated resolution: before {until}\nStatus page: {plan.contacts.status_page}\n"
    )
    responders = (
        f"{sentence}.\n\nIncident {incident.id}. The damaged instance is kept, and a snapshot of it is taken; "
        "to stop this before users are led to the restored one, pause the automation.\n"
    )
    return [
        Message(audience="stakeholders", subject=f"Service paused - {_title(plan)}", text=stakeholders),
        Message(audience="responders", subject=f"Restoring database {incident.database}", text=responders),
    ]


def incident_failed(incident_id: str, ending: str, sentence: str) -> list[Message]:
    """A person has to take over, now; says what is known and what was left alone."""
    return [
        Message(
            audience="responders",
            subject=f"ACTION NEEDED: incident {ending}",
            text=f"{sentence}.\n\n"
            f"Incident {incident_id}. The automation has stopped; follow the region-loss runbook.\n",
        )
    ]


def promotion_is_slow(incident_id: str, database: str, sentence: str, until: datetime) -> list[Message]:
    """Nothing has failed yet; who looks now has half of the time left."""
    return [
        Message(
            audience="responders",
            subject=f"The promotion of {database[:60]} is slow",
            text=f"{sentence}; half of its time is spent.\n\nIt is watched until {_clock(until)} and never called a "
            "second time; then the incident fails, and traffic has not moved. Look at the instance in RDS, and at the "
            f"region-loss runbook for the way by hand. Incident {incident_id}.\n",
            about=database,
        )
    ]


def unprotected(incident_id: str, database: str, sentence: str) -> list[Message]:
    """The service runs, but the next failure would hurt."""
    return [
        Message(
            audience="responders",
            subject=f"ACTION NEEDED: {database} is not protected yet",
            text=f"{sentence}.\n\nThe service runs. Set backups and Multi-AZ by hand. Incident {incident_id}.\n",
        )
    ]


def rotation_postponed(rotation_id: str, sentence: str) -> list[Message]:
    """Nobody has to do anything, and nobody should wonder."""
    return [
        Message(
            audience="responders",
            subject="A rotation of secrets waits",
            text=f"{sentence}.\n\nNobody has to do anything. Rotation {rotation_id}.\n",
        )
    ]


def rotation_failed(rotation_id: str, sentence: str) -> list[Message]:
    """What it means for the application: nothing, until a person has time."""
    return [
        Message(
            audience="responders",
            subject="ACTION NEEDED: a rotation of secrets is not finished",
            text=f"{sentence}.\n\nThe application goes on: its login is retired only after the new one was seen to "
            "work. Put right what is named above and start the rotation again; it takes up what is unfinished "
            f"(docs/how-to/rotate-secrets.md). Rotation {rotation_id}.\n",
        )
    ]


def _root_cause(incident: Incident, instance_lost: bool) -> str:
    if instance_lost:
        return f"database {incident.database} was lost and has been restored; the last entries may be missing."
    if incident.database:
        return f"data of {incident.database} was damaged and has been restored; later entries may be missing."
    return f"the AWS region {incident.lost_region} was lost; service now runs in {incident.region}."


def _title(plan: Plan) -> str:
    """The name users know; a DNS name may be longer than a subject."""
    return plan.traffic.name[:60]


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
