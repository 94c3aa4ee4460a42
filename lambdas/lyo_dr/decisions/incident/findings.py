"""Translation of breach events into signals: GuardDuty findings and alarms of the web ACL.

The content of a finding is untrusted, some of it written by the intruder: only values that look like ids are used.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from lyo_dr.decisions.incident.signals import moment_of, signal_from_event
from lyo_dr.errors import BadSignal
from lyo_dr.model.breach import BreachReport
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import DATABASE_URL, Breach, Plan
from lyo_dr.model.resource_names import ResourceNames

_ID = re.compile(r"[A-Za-z0-9]{8,64}")
_TYPE = re.compile(r"[A-Za-z0-9:/.!_-]{1,120}")
_PRINCIPAL = re.compile(r"[A-Za-z0-9+=,.@_:/-]{1,128}")
_MOST = 50
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
    """Idempotent name: the same for every delivery of a finding; a raised severity gives a new name."""
    hint = signal.breach
    if hint is None:
        raise BadSignal("a breach signal without a report")
    short = hashlib.sha256(f"{hint.finding}\n{signal.region}".encode()).hexdigest()[:12]
    band = next((name for least, name in _BANDS if hint.severity >= least), "low")
    return f"breach-{signal.region}-{short}-{band}"


def _finding(event: dict[str, Any], plan: Plan) -> Signal | str:
    """A GuardDuty finding, unless it is archived or a sample."""
    detail = _mapping(event.get("detail"))
    if event.get("detail-type") != "GuardDuty Finding" or event.get("account") != plan.account:
        raise BadSignal("the event is not a GuardDuty finding of this account")
    region, finding, kind = event.get("region"), str(detail.get("id")), str(detail.get("type"))
    if region not in plan.regions.pair or not _ID.fullmatch(finding) or not _TYPE.fullmatch(kind):
        raise BadSignal("the finding's region, id or type is not one we accept")
    service = _mapping(detail.get("service"))
    if service.get("archived") is True:
        return f"Finding {finding} is archived: it has been dealt with"
    if _is_sample(detail, service):
        return f"Finding {finding} is a sample: no breach"
    principals = sorted(set(_principals(detail)))
    hint = BreachReport(
        finding=finding,
        severity=_severity(detail),
        what=kind,
        principals=principals[:_MOST],
        addresses=sorted(set(_addresses(_mapping(service.get("action")))))[:_MOST],
        secrets=_secrets_of(principals, plan),
    )
    return Signal(kind="breach", source="guardduty", region=str(region), at=_updated(detail), breach=hint)


def _waf(event: dict[str, Any]) -> Signal:
    """The alarm names no address; the blocked clients are in the sampled requests that are preserved."""
    at, alarm = moment_of(event), str(event["resources"][0]).rpartition(":")[2]
    hint = BreachReport(finding=f"{alarm}-{at:%Y%m%dT%H%M%S}", severity=WAF_SEVERITY, what="an alarm of the web ACL")
    return Signal(kind="breach", source="waf", region=str(event["region"]), at=at, breach=hint)


def _is_waf_alarm(event: dict[str, Any], plan: Plan, breach: Breach) -> bool:
    """Whether it is one of our own alarms, of our own account."""
    region = str(event.get("region"))
    if event.get("source") != "aws.cloudwatch" or event.get("account") != plan.account:
        return False
    if region not in plan.regions.pair:
        return False
    names = ResourceNames(plan, region)
    return event.get("resources") in [[names.arn("cloudwatch", f"alarm:{a}")] for a in breach.alarms.get(region, [])]


def _is_sample(detail: dict[str, Any], service: dict[str, Any]) -> bool:
    """GuardDuty marks samples in the title and in ``additionalInfo``, whose value is JSON as text."""
    about = _mapping(service.get("additionalInfo"))
    value = about.get("value")
    try:
        inner = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        inner = None
    marked = about.get("sample") is True or _mapping(inner).get("sample") is True
    return marked or str(detail.get("title", "")).startswith("[SAMPLE]")


def _severity(detail: dict[str, Any]) -> float:
    """1 to 10; any other severity is refused."""
    severity = detail.get("severity")
    if isinstance(severity, bool) or not isinstance(severity, int | float) or not 0 <= severity <= 10:
        raise BadSignal("the finding's severity is not a number from 0 to 10")
    return float(severity)


def _updated(detail: dict[str, Any]) -> datetime:
    """When GuardDuty last updated it, which is no later than when we became aware."""
    text = detail.get("updatedAt")
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", text, re.ASCII):
        raise BadSignal("the finding's time is missing or has no time zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadSignal("the finding's time is not a date") from None


def _principals(detail: dict[str, Any]) -> Iterator[str]:
    resource = _mapping(detail.get("resource"))
    key, user = _mapping(resource.get("accessKeyDetails")), _mapping(resource.get("rdsDbUserDetails"))
    for found in (key.get("userName"), key.get("accessKeyId"), user.get("user")):
        if isinstance(found, str) and _PRINCIPAL.fullmatch(found):
            yield found


def _addresses(action: Any) -> Iterator[str]:
    """Every remote address of the action, of any kind, by the keys of GuardDuty's finding format."""
    if isinstance(action, list):
        for item in action[:_MOST]:
            yield from _addresses(item)
    if not isinstance(action, dict):
        return
    for name, value in action.items():
        if name in ("ipAddressV4", "ipAddressV6"):
            yield from _address(value)
        else:
            yield from _addresses(value)


def _address(value: Any) -> Iterator[str]:
    try:
        yield str(ipaddress.ip_address(str(value)))
    except ValueError:
        return


def _secrets_of(principals: list[str], plan: Plan) -> list[str]:
    """Secrets whose database users are among the principals: these have leaked."""
    return [
        secret.name
        for secret in plan.secrets
        if DATABASE_URL in secret.keys and set(plan.database_of(secret).app_roles) & set(principals)
    ]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
