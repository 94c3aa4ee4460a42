"""What the legal side and the responders are told of a breach, and the drafts that wait for a person.

The legal topic is a channel of its own: whoever reads the mail of the responders does not read it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.decisions.breach.response import BreachDecision, breach_of
from lyo_dr.decisions.common.messages import Message
from lyo_dr.model.breach import Access, Part
from lyo_dr.model.consent import Question
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan


def breach_opened(plan: Plan, incident: Incident, course: BreachDecision) -> list[Message]:
    """At once: what is suspected, what is done about it, and by when the authority has to know."""
    seen = _list(course.evidence)
    clock = f"If personal data is concerned, the authority has to be told before {_clock(course.deadline)} (GDPR, "
    legal = (
        f"A breach is suspected in {plan.name}.\n\n{course.sentence}.\n\nWhat was seen:\n{seen}\n\n"
        f"{clock}article 33: 72 hours from becoming aware, which was no later than "
        f"{_clock(incident.opened_at)}).\n\n"
        "Evidence is preserved before anything is changed. Drafts follow when it is known what could be read; "
        f"nothing is sent to anybody outside by itself. Incident {incident.id}.\n"
    )
    responders = (
        f"{course.sentence}.\n\nWhat was seen:\n{seen}\n\n{clock}article 33).\n\n"
        f"Incident {incident.id}; docs/runbooks/breach.md says what to do beside it. Talk about it on channels the "
        "intruder cannot read.\n"
    )
    subject = f"Breach suspected: {_short(course)}" if course.status != "observe" else "A finding, preserved and told"
    return [
        Message(audience="legal", subject=f"{subject} ({plan.name})", text=legal),
        Message(audience="responders", subject=f"{subject} ({plan.name})", text=responders),
    ]


def look_again(
    plan: Plan, incident: str, addresses: list[str], until: datetime, *, every: timedelta, now: datetime
) -> list[Message]:
    """A block stands until a person lifts it, and a person forgets: asked when it is due, and ``every`` so long."""
    if now < until:
        return []
    text = (
        f"Incident {incident} blocks {', '.join(addresses)} at the web ACLs. They were to be looked at again before "
        f"{_clock(until)}; nothing is lifted by time alone.\n\n"
        "If whoever has these addresses now means no harm:\n"
        f"  lyo-dr breach lift {incident} --why '...'\n\n"
        f"Otherwise nothing is to be done; you are asked again in {every}.\n"
    )
    due = (now - until) // every
    subject = f"ACTION NEEDED: look at blocked addresses again ({plan.name})"
    return [Message(audience="responders", subject=subject[:99], text=text, about=f"{until.isoformat()}#{due}")]


def consent_needed(plan: Plan, incident: Incident, question: Question) -> list[Message]:
    """A person is asked whether the plan's secrets are rotated and older sessions end."""
    text = (
        "A person has to decide how a breach is answered. It is preserved and told, addresses are blocked; nothing "
        "else has been changed.\n\n"
        f"Why you are asked:\n{_list(question.blockers)}\n\n"
        f"What was seen:\n{_list(question.evidence)}\n\n"
        f"What nobody can take back:\n{_list(question.irrevocable)}\n\n"
        f"Until {_clock(question.expires_at)}, afterwards the incident is held:\n"
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


def not_worked_on(sentence: str, what: str) -> list[Message]:
    """A breach that met another incident at work: nobody may learn of it later by chance."""
    text = (
        f"{what} was reported, and nothing has been done about it: {sentence}.\n\n"
        "Look at it now. When the other incident has ended, `lyo-dr breach report` starts the response.\n"
    )
    return [
        Message(audience=audience, subject="ACTION NEEDED: a breach was reported meanwhile", text=text, about=audience)
        for audience in ("legal", "responders")
    ]


def breach_assessed(plan: Plan, incident: Incident, course: BreachDecision, drafts: dict[str, str]) -> list[Message]:
    """The drafts, each for a person to read, change and send; or that there is nothing to draft."""
    if not drafts:
        text = (
            "By what the databases say, the logins that may have leaked could read no table with personal data.\n\n"
            f"A person confirms that. Incident {incident.id}.\n"
        )
        return [Message(audience="legal", subject="Assessment: no personal data within reach", text=text)]
    return [
        Message(
            audience="legal",
            subject=f"DRAFT for {name}, to be sent by you before {_clock(course.deadline)}",
            text=f"{text}\n--\nA draft of incident {incident.id} ({plan.name}). Nobody has sent it.\n",
            about=name,
        )
        for name, text in drafts.items()
    ]


def breach_closed(incident: Incident, ending: str, sentence: str, reasons: list[str]) -> list[Message]:
    """The legal side hears how it ended, too; responders are told by the door."""
    text = (
        f"{sentence}.\n\n{_list(reasons)}\n\nIncident {incident.id}. What is blocked stays blocked until a person "
        f"lifts it: lyo-dr breach lift {incident.id} --why '...'\n"
    )
    return [Message(audience="legal", subject=f"Breach {ending.replace('_', ' ')}", text=text)]


def breach_failed(incident_id: str, sentence: str) -> list[Message]:
    """Something was not done, and a person has to do it now."""
    text = (
        f"{sentence}.\n\nDo by hand what is named above (docs/runbooks/breach.md), or start the response again: it "
        f"takes up what is unfinished. Incident {incident_id}.\n"
    )
    return [
        Message(audience=audience, subject="ACTION NEEDED: a breach is not contained", text=text, about=audience)
        for audience in ("legal", "responders")
    ]


def drafts_of(
    plan: Plan, incident: Incident, course: BreachDecision, access: list[Access], parts: list[Part]
) -> dict[str, str]:
    """For the authority and for customers, where a login that may have leaked could read personal data.

    Measures are those that were taken, by their own sentences: a draft promises nothing.
    """
    reached = list(within_reach(plan, access))
    if not reached:
        return {}
    tables = _list([f"{table}: {holds}" for table, holds in reached])
    since = f"no later than {_clock(incident.outage_start)}"
    authority = (
        "Notification of a personal data breach (GDPR, article 33)\n\n"
        f"Controller: [name, contact of the data protection officer]\nService: {plan.traffic.name}\n"
        f"Aware since: {since}\nNature: credentials of the service's database may have been used by "
        f"somebody without authorisation ({'accounts known' if course.suspects.principals else 'accounts unknown'}).\n"
        f"Data within reach of these credentials:\n{tables}\n"
        "Persons concerned, approximately: [number]\nRecords concerned, approximately: [number]\n"
        "Likely consequences: [to be filled in]\n"
        f"Measures taken:\n{_list([part.sentence for part in parts if part.status == 'done'])}\n"
        f"Measures still open:\n{_list([part.sentence for part in parts if part.status == 'failed'])}\n"
    )
    customers = (
        "Dear customer,\n\nwe have found signs that somebody without authorisation may have had access to data of "
        f"{plan.traffic.name}. What was within reach:\n{tables}\n\n"
        f"{_replaced(parts)}We are looking into what was in fact read. [What you can do] [Whom you can ask]\n"
    )
    return {"authority": authority, "customers": customers}


def _replaced(parts: list[Part]) -> str:
    done = any(part.part == "rotation" and part.status == "done" for part in parts)
    return "We have replaced the credentials concerned. " if done else ""


def within_reach(plan: Plan, access: list[Access]) -> list[tuple[str, str]]:
    """Tables of the plan with personal data that a user of the app can read; one that was not asked counts as read."""
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
