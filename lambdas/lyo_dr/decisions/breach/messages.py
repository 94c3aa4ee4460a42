"""Notifications of a breach for legal and responders, and the drafts a person reviews.

Legal has a separate topic: readers of the responders' mail do not see it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.decisions.breach.response import BreachDecision, breach_of
from lyo_dr.decisions.common.messages import Message
from lyo_dr.model.breach import Access, Part
from lyo_dr.model.consent import Question
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.model.plurals import counted


def breach_opened(plan: Plan, incident: Incident, course: BreachDecision) -> list[Message]:
    """First notification: what is suspected, what is done about it, and the GDPR deadline."""
    seen = _list(course.evidence)
    clock = f"If personal data is affected, the authority must be notified by {_clock(course.deadline)} (GDPR, "
    legal = (
        f"A breach is suspected in {plan.name}.\n\n{course.sentence}.\n\nObservations:\n{seen}\n\n"
        f"{clock}article 33: 72 hours from becoming aware, which was no later than "
        f"{_clock(incident.opened_at)}).\n\n"
        "Evidence is preserved before anything is changed. Drafts follow once it is known which data was readable; "
        f"nothing is sent outside the company automatically. Incident {incident.id}.\n"
    )
    responders = (
        f"{course.sentence}.\n\nObservations:\n{seen}\n\n{clock}article 33).\n\n"
        f"Incident {incident.id}; docs/runbooks/breach.md lists the manual steps. Discuss it only on channels the "
        "intruder cannot read.\n"
    )
    subject = f"Breach suspected: {_short(course)}" if course.status != "observe" else "Security finding preserved"
    return [
        Message(audience="legal", subject=f"{subject} ({plan.name})", text=legal),
        Message(audience="responders", subject=f"{subject} ({plan.name})", text=responders),
    ]


def look_again(
    plan: Plan, incident: str, addresses: list[str], until: datetime, *, every: timedelta, now: datetime
) -> list[Message]:
    """Reminder to review a block, which has no end of its own: when it is due, and once per ``every`` after that."""
    if now < until:
        return []
    text = (
        f"Incident {incident} blocks {', '.join(addresses)} at the web ACLs. The block was due for review by "
        f"{_clock(until)}; it does not expire.\n\n"
        "If these addresses are harmless now:\n"
        f"  lyo-dr breach lift {incident} --why '...'\n\n"
        f"Otherwise no action is needed; the next reminder comes in {humanize(every)}.\n"
    )
    due = (now - until) // every
    subject = f"ACTION NEEDED: review blocked addresses ({plan.name})"
    return [Message(audience="responders", subject=subject[:99], text=text, about=f"{until.isoformat()}#{due}")]


def consent_needed(plan: Plan, incident: Incident, question: Question) -> list[Message]:
    """Request for approval to rotate the plan's secrets and end older sessions."""
    text = (
        "Approve or decline the response to a breach. Evidence is preserved, people are notified and addresses are "
        "blocked; nothing else has been changed.\n\n"
        f"Why approval is needed:\n{_list(question.blockers)}\n\n"
        f"Observations:\n{_list(question.evidence)}\n\n"
        f"Irreversible consequences:\n{_list(question.irrevocable)}\n\n"
        f"Answer by {_clock(question.expires_at)}; after that the incident is held:\n"
        f"  lyo-dr approve {incident.id} --facts {question.facts}\n"
        f"  lyo-dr decline {incident.id} --why '...'\n"
    )
    return [
        Message(
            audience="responders",
            subject=f"DECISION NEEDED: a breach ({plan.name})",
            text=text,
            about=f"{question.facts}#{question.asked_at.isoformat()}",
        )
    ]


def breach_assessed(plan: Plan, incident: Incident, course: BreachDecision, drafts: dict[str, str]) -> list[Message]:
    """The drafts, each for a person to review, complete and send; or that none is needed."""
    if not drafts:
        text = (
            "According to the databases, the possibly leaked logins could not read any table with personal data.\n\n"
            f"Please confirm this. Incident {incident.id}.\n"
        )
        return [Message(audience="legal", subject="Assessment: no personal data readable", text=text)]
    return [
        Message(
            audience="legal",
            subject=f"DRAFT for {name}, to be sent by you before {_clock(course.deadline)}",
            text=f"{text}\n--\nDraft, incident {incident.id} ({plan.name}). It has not been sent.\n",
            about=name,
        )
        for name, text in drafts.items()
    ]


def breach_closed(
    incident: Incident, ending: str, sentence: str, reasons: list[str], *, outstanding: int = 0
) -> list[Message]:
    """Final notification for legal; responders get theirs from ``incident_response``. ``outstanding`` keys."""
    still = f", {counted(outstanding, 'key')} outstanding" if outstanding else ""
    text = (
        f"{sentence}.\n\n{_list(reasons)}\n\nIncident {incident.id}. Blocked addresses stay blocked until a person "
        f"lifts the block: lyo-dr breach lift {incident.id} --why '...'\n"
    )
    return [Message(audience="legal", subject=f"Breach {ending.replace('_', ' ')}{still}", text=text)]


def breach_failed(incident_id: str, sentence: str) -> list[Message]:
    """Handover to a person: a part of the response failed and has to be done manually now."""
    text = (
        f"{sentence}.\n\nDo the failed parts manually (docs/runbooks/breach.md), or start the response again: it "
        f"resumes where it stopped. Incident {incident_id}.\n"
    )
    return [
        Message(audience=audience, subject="ACTION NEEDED: breach not contained", text=text, about=audience)
        for audience in ("legal", "responders")
    ]


def drafts_of(
    plan: Plan, incident: Incident, course: BreachDecision, access: list[Access], parts: list[Part]
) -> dict[str, str]:
    """Drafts for the authority and for customers, if a possibly leaked login could read personal data.

    Measures are the ones already taken, in the words of the timeline: a draft promises nothing.
    """
    reached = list(within_reach(plan, access))
    if not reached:
        return {}
    tables = _list([f"{table}: {holds}" for table, holds in reached])
    since = f"no later than {_clock(incident.outage_start)}"
    authority = (
        "Notification of a personal data breach (GDPR, article 33)\n\n"
        f"Controller: [name, contact of the data protection officer]\nService: {plan.front_label()}\n"
        f"Aware since: {since}\nNature: credentials of the service's database may have been used by an "
        f"unauthorised person ({'accounts known' if course.suspects.principals else 'accounts unknown'}).\n"
        f"Data readable with these credentials:\n{tables}\n"
        "Persons affected, approximately: [number]\nRecords affected, approximately: [number]\n"
        "Likely consequences: [to be filled in]\n"
        f"Measures taken:\n{_list([part.sentence for part in parts if part.status == 'done'])}\n"
        f"Measures still open:\n{_list([part.sentence for part in parts if part.status == 'failed'])}\n"
    )
    customers = (
        "Dear customer,\n\nwe have found signs that an unauthorised person may have had access to data of "
        f"{plan.front_label()}. The data they could have read:\n{tables}\n\n"
        f"{_replaced(parts)}We are investigating what was actually read. [What you can do] [Whom to contact]\n"
    )
    return {"authority": authority, "customers": customers}


def _replaced(parts: list[Part]) -> str:
    done = any(part.part == "rotation" and part.status == "done" for part in parts)
    return "We have replaced the affected credentials. " if done else ""


def within_reach(plan: Plan, access: list[Access]) -> list[tuple[str, str]]:
    """Tables with personal data that an app user can read; all tables of a database that did not answer count."""
    found = []
    for one in breach_of(plan).personal_data:
        database = one.database or plan.databases[0].name
        said = [each for each in access if each.database == database]
        known = [each for each in said if each.error is None]
        readable = {table for each in known for tables in each.readable.values() for table in tables}
        if not known or one.table in readable:
            found.append((one.table, one.holds))
    return found


def _short(course: BreachDecision) -> str:
    return course.evidence[0] if course.evidence else "no details"


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines) or "- nothing"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
