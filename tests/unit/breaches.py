"""The words in which breaches are told."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.breach.response import breach_of
from lyo_dr.model.breach import BreachReport
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.plan import Plan
from tests.unit.aws import World
from tests.unit.builders import IRELAND, NOON, an_incident

SECRET = "lyo-saas/production/app-secrets"
FINDING = "16afba5c5c43e07c9e3e5e2e544e95df"
INTRUDER = "203.0.113.7"
BREACH = "breach-eu-west-1-0123456789ab-high"


def a_finding(**changes: Any) -> dict[str, Any]:
    """GuardDuty found a login of the app's own user from far away, as EventBridge delivers it."""
    detail: dict[str, Any] = {
        "schemaVersion": "2.0",
        "accountId": "123456789012",
        "id": FINDING,
        "type": "CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin",
        "severity": 8,
        "createdAt": "2026-03-29T11:50:00.000Z",
        "updatedAt": "2026-03-29T12:00:00.000Z",
        "title": "A user logged in in an unusual way",
        "resource": {"resourceType": "RDSDBInstance", "rdsDbUserDetails": {"user": "lyo_app"}},
        "service": {
            "archived": False,
            "action": {"rdsLoginAttemptAction": {"remoteIpDetails": {"ipAddressV4": INTRUDER}}},
        },
    }
    return {
        "version": "0",
        "id": "c8c4daa7-a20c-2f03-0070-b7393dd542ad",
        "source": "aws.guardduty",
        "detail-type": "GuardDuty Finding",
        "account": "123456789012",
        "region": IRELAND,
        "time": "2026-03-29T12:00:04Z",
        "resources": [],
        "detail": {**detail, **changes},
    }


def a_hint(**changes: Any) -> BreachReport:
    """A grave finding with one address."""
    facts: dict[str, Any] = {"finding": FINDING, "severity": 8.0, "what": "X:Y/Z", "addresses": [INTRUDER]}
    return BreachReport(**{**facts, **changes})


def a_breach_signal(**changes: Any) -> Signal:
    """Told by GuardDuty at noon, in Ireland, which is active."""
    hint = a_hint(**changes)
    return Signal(kind="breach", source="guardduty", region=IRELAND, at=NOON, breach=hint)


def a_breach(**changes: Any) -> Incident:
    """Worked on in Ireland, under the lease in Oregon."""
    facts: dict[str, Any] = {
        "id": BREACH,
        "region": IRELAND,
        "lost_region": IRELAND,
        "lease_region": "us-west-2",
        "breach": FINDING,
    }
    return an_incident(**{**facts, **changes})


def automatic(plan: Plan) -> Plan:
    """Nobody is asked."""
    return msgspec.structs.replace(plan, policy=msgspec.structs.replace(plan.policy, breach="automatic"))


def with_breach(plan: Plan, **changes: Any) -> Plan:
    """The plan's part on breaches, changed."""
    return msgspec.structs.replace(plan, breach=msgspec.structs.replace(breach_of(plan), **changes))


def given_breach(world: World) -> Incident:
    """A breach in Ireland that is on record; it holds no lease."""
    ctx = world.ctx(region=IRELAND)
    incident = a_breach(epoch=ctx.store.control.record().epoch, opened_at=ctx.now())
    ctx.store.incidents.open(incident, a_breach_signal(), world.plan.digest())
    return incident
