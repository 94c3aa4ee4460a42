"""What people are told: the customer's words, short subjects, no secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from lyo_dr.decisions.common.endings import runbook
from lyo_dr.decisions.common.messages import Message, incident_closed, incident_failed, incident_opened, unprotected
from lyo_dr.decisions.common.users_outage import UsersOutage, closing_sentence
from lyo_dr.model.verdict import Failure, Outcome
from tests.plans import lyo_plan, raw_plan
from tests.unit.builders import an_incident, at

INCIDENT = an_incident()
LONG_NAME = ".".join(["a" * 60] * 3 + ["example"])


def by_audience(messages: list[Message]) -> dict[str, Message]:
    return {message.audience: message for message in messages}


def test_the_first_message_tells_customers_when_and_responders_what_was_seen() -> None:
    told = by_audience(incident_opened(lyo_plan(), INCIDENT, "eu-west-1 is lost", ["app silent", "replica stale"]))
    assert told["stakeholders"].subject == "Service disruption - api.lyo-booking.com"
    assert "Estimated resolution: before 2026-03-29 16:00 UTC" in told["stakeholders"].text
    assert "Status page: https://status.lyo-booking.com" in told["stakeholders"].text
    assert told["responders"].subject == "Recovering from the loss of eu-west-1"
    assert "- app silent\n- replica stale\n" in told["responders"].text
    assert "Failing over to us-west-2 under epoch 1." in told["responders"].text


def test_customers_are_spared_the_evidence() -> None:
    told = by_audience(incident_opened(lyo_plan(), INCIDENT, "eu-west-1 is lost", ["app silent"]))
    assert "app silent" not in told["stakeholders"].text
    assert INCIDENT.id not in told["stakeholders"].text


def closed(ending: str, outage: UsersOutage | None = None) -> dict[str, Message]:
    told: dict[str, Any] = {"sentence": "It is over", "reasons": ["because"], "now": at(605)}
    return by_audience(incident_closed(lyo_plan(), INCIDENT, ending=ending, outage=outage, **told))


def test_the_last_message_tells_everybody_that_the_service_is_back() -> None:
    told = closed("recovered")
    assert told["stakeholders"].subject == "Service restored - api.lyo-booking.com"
    assert "Resolved: 2026-03-29 12:10 UTC" in told["stakeholders"].text
    assert "service now runs in us-west-2" in told["stakeholders"].text
    assert told["responders"].subject == "Incident recovered: eu-west-1"
    assert "10 min after it was opened" in told["responders"].text


OUTAGE = UsersOutage(began=at(0), served_again=at(330))


@pytest.mark.parametrize(
    ("outage", "users", "customers"),
    [
        (
            OUTAGE,
            "Users' recovery time: users were affected for at least 5 min 30 s, from 12:00:00 to 12:05:30 UTC.\n",
            "Resolved: 2026-03-29 12:05 UTC\nDuration: 5 min 30 s or longer\n",
        ),
        (
            msgspec.structs.replace(OUTAGE, at_least=False),
            "Users' recovery time: users were affected for 5 min 30 s, from 12:00:00 to 12:05:30 UTC.\n",
            "Started: 2026-03-29 12:00 UTC\nResolved: 2026-03-29 12:05 UTC\nDuration: 5 min 30 s\n",
        ),
    ],
)
def test_the_recovery_time_is_that_of_the_users_beside_the_age_of_the_incident(
    outage: UsersOutage, users: str, customers: str
) -> None:
    told = closed("recovered", outage=outage)
    assert f"{users}Incident {INCIDENT.id}, closed 10 min after it was opened." in told["responders"].text
    assert customers in told["stakeholders"].text
    assert "10 min" not in told["stakeholders"].text


def test_an_incident_that_nobody_felt_states_its_own_age_only() -> None:
    sentence = closing_sentence("It is over", None, INCIDENT.opened_at, at(605))
    assert sentence == "It is over (incident closed 10 min after it was opened)"
    assert closing_sentence("It is over", OUTAGE, INCIDENT.opened_at, at(605)) == (
        "It is over (users were affected for at least 5 min 30 s, from 12:00:00 to 12:05:30 UTC; "
        "incident closed 10 min after it was opened)"
    )


def failed(ending: str, **changes: Any) -> dict[str, Message]:
    told: dict[str, Any] = {"resumable": False, "runbook": runbook(), **changes}
    return by_audience(incident_failed(lyo_plan(), INCIDENT.id, ending, "X: y", **told))


ENDINGS: dict[str, tuple[str, str, str]] = {
    # the ending: its subject for stakeholders, its milestone, and what they read
    "recovered": ("Service restored", "restored", "Service has been fully restored"),
    "held": ("Service disruption: recovery on hold", "ended", "before it changed anything"),
    "stood_down": ("Service disruption is over", "ended", "responds again where it was"),
    "failed": ("Service disruption: recovery delayed", "ended", "may still be disrupted"),
    "degraded": ("Service disruption: partly recovered", "ended", "may not work in full"),
    "contained": ("", "", ""),
}


def test_every_ending_is_in_the_table() -> None:
    endings = {name for one in (Outcome, Failure) for name in get_args(get_type_hints(one)["ending"])}
    assert endings == set(ENDINGS)


@pytest.mark.parametrize("ending", ENDINGS)
def test_stakeholders_hear_how_it_ends_whatever_the_ending(ending: str) -> None:
    subject, milestone, text = ENDINGS[ending]
    told = failed(ending) if ending in ("failed", "degraded") else closed(ending)
    if not subject:
        assert set(told) == {"responders"}
        return
    message = told["stakeholders"]
    assert (message.subject, message.milestone) == (f"{subject} - api.lyo-booking.com", milestone)
    assert text in message.text
    assert ("restored" in f"{message.subject} {message.text}") is (ending == "recovered")
    assert INCIDENT.id not in message.text


@pytest.mark.parametrize("ending", ["held", "stood_down"])
def test_responders_read_why_nothing_was_done(ending: str) -> None:
    told = closed(ending)
    assert told["responders"].subject == f"Incident {ending.replace('_', ' ')}: eu-west-1"
    assert "- because\n" in told["responders"].text


def test_a_failure_asks_for_action() -> None:
    message = failed("degraded", resumable=True)["responders"]
    assert message.subject == "ACTION NEEDED: incident degraded"
    assert message.text.startswith("X: y.\n")
    assert f"  lyo-dr resume {INCIDENT.id} --why '...'\n\nOr follow docs/runbooks/region-loss.md." in message.text


def test_the_twin_what_cannot_be_taken_up_again_leads_to_the_runbook_alone() -> None:
    message = failed("failed")["responders"]
    assert "The automation has stopped. Follow docs/runbooks/region-loss.md." in message.text
    assert "resume" not in message.text


def test_a_failure_before_anything_was_opened_is_no_news_for_customers() -> None:
    assert set(failed("failed", opened=False)) == {"responders"}


@pytest.mark.parametrize(
    ("about", "page"),
    [
        ({}, "region-loss"),
        ({"database": "bookings"}, "damaged-data"),
        ({"database": "bookings", "instance_lost": True}, "dead-instance"),
        ({"breach": "a leaked key"}, "breach"),
        ({"instance_lost": True}, "region-loss"),
    ],
)
def test_a_failure_names_the_runbook_of_what_failed_and_the_page_exists(about: dict[str, Any], page: str) -> None:
    path = runbook(**about)
    assert path == f"docs/runbooks/{page}.md"
    assert (Path(__file__).resolve().parents[4] / path).is_file()


def test_an_unprotected_database_asks_for_action() -> None:
    (message,) = unprotected(INCIDENT.id, "bookings", "RDS refused")
    assert message.subject == "ACTION NEEDED: bookings is not protected yet"
    assert "RDS refused" in message.text


def test_every_subject_is_short_plain_and_on_one_line_even_for_the_longest_names() -> None:
    raw = raw_plan(databases__0__name="a" * 30, traffic__name=LONG_NAME, traffic__url=f"https://{LONG_NAME}")
    plan = lyo_plan(**{name: raw[name] for name in ("databases", "traffic")})
    messages = [
        *incident_opened(plan, INCIDENT, "s", []),
        *incident_closed(plan, INCIDENT, ending="recovered", sentence="s", reasons=[], now=at(60)),
        *incident_failed(plan, INCIDENT.id, "degraded", "s", resumable=True, runbook=runbook()),
        *unprotected(INCIDENT.id, plan.databases[0].name, "s"),
    ]
    for message in messages:
        assert 0 < len(message.subject) <= 100
        assert message.subject.isascii()
        assert message.subject.isprintable()


def test_no_message_holds_names_of_secrets_or_instances() -> None:
    plan = lyo_plan()
    messages = [*incident_opened(plan, INCIDENT, "s", []), *closed("recovered").values()]
    words = " ".join(f"{message.subject} {message.text}" for message in messages)
    for private in (plan.secrets[0].name, "DATABASE_URL", plan.databases[0].instances["us-west-2"], plan.account):
        assert private not in words
