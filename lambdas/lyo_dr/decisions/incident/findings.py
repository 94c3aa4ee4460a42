"""Translation of breach events into signals: GuardDuty findings and alarms of the web ACL.

A finding's content is untrusted, see ``finding_content``.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from lyo_dr.decisions.incident.finding_content import addresses, mapping, principals, resources, text
from lyo_dr.decisions.incident.signals import moment_of, signal_from_event
from lyo_dr.errors import BadSignal
from lyo_dr.model.breach import BreachReport
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Breach, Plan
from lyo_dr.model.resource_names import ResourceNames

_ID = re.compile(r"[A-Za-z0-9]{8,64}")
_TYPE = re.compile(r"[A-Za-z0-9:/.!_-]{1,120}")
WAF_SEVERITY = 5.0
"""A web ACL alarm means that many requests were blocked, not that there is a breach: preserve and notify only."""
_BANDS = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"))
"""GuardDuty user guide, "Understanding GuardDuty findings", severity levels."""


def signal_of(event: Any, plan: Plan) -> Signal | str:
    """The signal of a known event, or the sentence that says why it is ignored. Raises BadSignal."""
    if plan.breach is not None and isinstance(event, dict):
        if event.get("source") == "aws.guardduty":
            return _finding(event, plan)
        if _is_waf_alarm(event, plan, plan.breach):
            return _waf(event)
    return signal_from_event(event, plan)


def breach_name(signal: Signal) -> str:
    """Idempotent name: the same for every delivery of a finding and for its updates that only count on.

    GuardDuty keeps the id of a finding while it adds activity to it (GuardDuty user guide, "GuardDuty finding
    aggregation"). Other principals, resources or addresses are other work, so they give a new name, and so does a
    raised severity.
    """
    hint = signal.breach
    if hint is None:
        raise BadSignal("a breach signal without a report")
    concerned = (hint.principals, hint.resources, hint.addresses, hint.secrets)
    same = "\n".join([hint.finding, signal.region, *(",".join(sorted(part)) for part in concerned)])
    short = hashlib.sha256(same.encode()).hexdigest()[:12]
    band = next((name for least, name in _BANDS if hint.severity >= least), "low")
    return f"breach-{signal.region}-{short}-{band}"


def _finding(event: dict[str, Any], plan: Plan) -> Signal | str:
    """A GuardDuty finding, unless it is archived or a sample."""
    detail = mapping(event.get("detail"))
    _check_origin(event, plan)
    region, finding, kind = text(event.get("region")), text(detail.get("id")), text(detail.get("type"))
    if region not in plan.regions.pair or not _ID.fullmatch(finding) or not _TYPE.fullmatch(kind):
        raise BadSignal("the finding's region, id or type is not one we accept")
    _check_subject(event, detail, plan)
    service = mapping(detail.get("service"))
    if service.get("archived") is True:
        return f"Finding {finding} is archived: it has been dealt with"
    if _is_sample(detail, service):
        return f"Finding {finding} is a sample: no breach"
    people = principals(detail)
    hint = BreachReport(
        finding=finding,
        severity=_severity(detail),
        what=kind,
        principals=people,
        addresses=addresses(detail),
        resources=resources(detail),
        secrets=_secrets_of(people, plan),
    )
    return Signal(kind="breach", source="guardduty", region=region, at=_updated(detail), breach=hint)


def _check_origin(event: dict[str, Any], plan: Plan) -> None:
    """Published in our account. Raises BadSignal."""
    if event.get("detail-type") != "GuardDuty Finding" or event.get("account") != plan.account:
        raise BadSignal("the event is not a GuardDuty finding of this account")


def _check_subject(event: dict[str, Any], detail: dict[str, Any], plan: Plan) -> None:
    """About our account, and the region it was published in. Raises BadSignal.

    An administrator account receives its members' findings, too: the event is the administrator's then, and
    ``detail.accountId`` is the account the finding is about (GuardDuty user guide, "Processing GuardDuty findings with
    Amazon EventBridge").
    """
    if detail.get("accountId") != plan.account:
        raise BadSignal("the finding is about another account than the plan's; its own responders have to act on it")
    if detail.get("region") not in (None, event.get("region")):
        raise BadSignal("the finding is about another region than the one it was published in")


def _waf(event: dict[str, Any]) -> Signal:
    """The alarm names no address; the blocked clients are in the sampled requests that are preserved."""
    at, alarm = moment_of(event), str(event["resources"][0]).rpartition(":")[2]
    hint = BreachReport(finding=f"{alarm}-{at:%Y%m%dT%H%M%S}", severity=WAF_SEVERITY, what="an alarm of the web ACL")
    return Signal(kind="breach", source="waf", region=str(event["region"]), at=at, breach=hint)


def _is_waf_alarm(event: dict[str, Any], plan: Plan, breach: Breach) -> bool:
    """Whether it is one of our own alarms, of our own account."""
    region = text(event.get("region"))
    if event.get("source") != "aws.cloudwatch" or event.get("account") != plan.account:
        return False
    if region not in plan.regions.pair:
        return False
    names = ResourceNames(plan, region)
    return event.get("resources") in [[names.arn("cloudwatch", f"alarm:{a}")] for a in breach.alarms.get(region, [])]


def _is_sample(detail: dict[str, Any], service: dict[str, Any]) -> bool:
    """GuardDuty marks samples in the title and in ``additionalInfo``, whose value is JSON as text."""
    about = mapping(service.get("additionalInfo"))
    value = about.get("value")
    try:
        inner = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        # RecursionError: brackets nested a thousand deep, which GuardDuty does not write.
        inner = None
    marked = about.get("sample") is True or mapping(inner).get("sample") is True
    return marked or text(detail.get("title")).startswith("[SAMPLE]")


def _severity(detail: dict[str, Any]) -> float:
    """1 to 10; any other severity is refused."""
    severity = detail.get("severity")
    if isinstance(severity, bool) or not isinstance(severity, int | float) or not 0 <= severity <= 10:
        raise BadSignal("the finding's severity is not a number from 0 to 10")
    return float(severity)


def _updated(detail: dict[str, Any]) -> datetime:
    """When GuardDuty last updated it, which is no later than when we became aware."""
    written = text(detail.get("updatedAt"))
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", written, re.ASCII):
        raise BadSignal("the finding's time is missing or has no time zone")
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadSignal("the finding's time is not a date") from None


def _secrets_of(people: list[str], plan: Plan) -> list[str]:
    """Secrets whose database users are among the principals: these have leaked."""
    return [
        secret.name
        for secret in plan.secrets
        if {role for login in plan.logins_of(secret) for role in plan.database(login.database).app_roles} & set(people)
    ]
