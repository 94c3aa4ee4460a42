"""An intruder has access: what the customer has before it, and how the breach is reported, approved and followed."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from drills.engine import notifications, operators
from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.intruder.process import Intruder
from drills.scenarios.breach import stolen_session
from drills.scenarios.rotation import findings
from drills.world.addresses import FRONT_PORT
from drills.world.app_logins import app_login, connection_string
from local_aws.data_plane.processes import ProcessError
from lyo_dr.model.plan import Breach
from lyo_dr.model.resource_names import DETECTION_REGION
from lyo_dr.model.rotation import HOLDER

ADDRESS = "127.66.0.6"
"""Where the intruder comes from."""
_INSIDE_SECONDS = 2.0
_MANY = 500.0
_SAMPLED = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "blocked"}


@dataclass
class BreachState:
    """State of a drill with an intruder: its process, and a session of a role in its hands."""

    intruder: Intruder | None = None
    session: dict[str, str] = field(default_factory=dict, repr=False)


# -- what stands before it --------------------------------------------------------------------------------
def prepare(ctx: DrillContext) -> None:
    """The stacks of a breach, and what a customer has: web ACLs with their IP sets, and the role of the tasks."""
    names = ctx.world.names(ctx.primary)
    ctx.world.deploy(*(names.stack(part) for part in ("breach_response", "preserve_breach", "operator")))
    ctx.world.warm(ctx.primary, "breach_response", "preserve_breach", "secret_rotation", "operator")
    for region in ctx.pair:
        given_web_acl(ctx, region)
    given_roles(ctx)
    notifications.listen(ctx, ctx.primary)
    findings.remember(ctx)


def given_web_acl(ctx: DrillContext, region: str) -> None:
    """A web ACL whose rule of priority 0 blocks what is in the plan's IP sets."""
    waf, breach = ctx.world.client("wafv2", region), part(ctx)
    sets, rules = breach.ip_sets[region], list[dict[str, Any]]()
    for kind, name in (("IPV4", sets.ipv4), ("IPV6", sets.ipv6 or "")):
        made = waf.create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion=kind, Addresses=[])["Summary"]
        statement = {"IPSetReferenceStatement": {"ARN": made["ARN"]}}
        rule = {"Name": f"blocked-{kind.lower()}", "Priority": len(rules), "Statement": statement}
        rules.append({**rule, "Action": {"Block": {}}, "VisibilityConfig": _SAMPLED})
    waf.create_web_acl(
        Name=breach.web_acls[region],
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        Rules=rules,
        VisibilityConfig=_SAMPLED,
    )


def given_roles(ctx: DrillContext) -> None:
    """The roles the plan names, which may see who they are."""
    iam, account = ctx.world.client("iam", DETECTION_REGION), ctx.world.plan.account
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    may = {"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"}
    for role in part(ctx).roles:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=_document(trust))
        iam.put_role_policy(RoleName=role, PolicyName="app", PolicyDocument=_document(may))


def part(ctx: DrillContext) -> Breach:
    """The plan's part on breaches."""
    return ctx.world.plan.breach or Breach(contacts=[])


# -- how it begins ----------------------------------------------------------------------------------------
def break_in(ctx: DrillContext) -> float:
    """Start the intruder with the leaked login and a session of a role; then publish GuardDuty's finding."""
    text, state = json.loads(findings.remember(ctx).texts[ctx.primary]), ctx.state(BreachState)
    state.session = stolen_session.take(ctx, part(ctx).roles[0])
    state.intruder = Intruder(
        connection_string(text, app_login(ctx.world.plan)[1]),
        out=ctx.world.directory / "intruder.jsonl",
        address=ADDRESS,
        front=ctx.world.addresses.front(0),
        port=FRONT_PORT,
    )
    ctx.let_pass(_INSIDE_SECONDS)
    at = time.time()
    ctx.screen.fault(at, "An intruder reads the database with the application's own login; GuardDuty finds it")
    put_finding(ctx, severity=8.0, user=_user(connection_string(text, app_login(ctx.world.plan)[1])))
    return at


def find_little(ctx: DrillContext) -> float:
    """Publish a finding of low severity."""
    at = time.time()
    ctx.screen.fault(at, "GuardDuty finds something of low severity")
    put_finding(ctx, severity=2.0, user="nobody")
    return at


def prepare_alarm(ctx: DrillContext) -> None:
    """Also the alarm a customer has on the requests that the web ACL blocks, which is quiet so far."""
    prepare(ctx)
    breach = part(ctx)
    _put_blocked(ctx, 0.0)
    ctx.world.client("cloudwatch", ctx.primary).put_metric_alarm(
        AlarmName=breach.alarms[ctx.primary][0],
        **_blocked_metric(ctx),
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=_MANY,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )


def knock(ctx: DrillContext) -> float:
    """Block so many requests that the customer's alarm goes off."""
    at = time.time()
    ctx.screen.fault(at, f"{_MANY:g} requests are blocked by the web ACL; the customer's alarm goes off")
    _put_blocked(ctx, _MANY)
    return at


def _put_blocked(ctx: DrillContext, count: float) -> None:
    """What AWS WAF counts (developer guide, "AWS WAF metrics and dimensions")."""
    metric = _blocked_metric(ctx)
    datum = {"MetricName": metric["MetricName"], "Dimensions": metric["Dimensions"], "Value": count, "Unit": "Count"}
    ctx.world.client("cloudwatch", ctx.primary).put_metric_data(Namespace=metric["Namespace"], MetricData=[datum])


def _blocked_metric(ctx: DrillContext) -> dict[str, Any]:
    values = {"WebACL": part(ctx).web_acls[ctx.primary], "Region": ctx.primary, "Rule": "ALL"}
    return {
        "Namespace": "AWS/WAFV2",
        "MetricName": "BlockedRequests",
        "Dimensions": [{"Name": name, "Value": value} for name, value in values.items()],
    }


def finding(account: str, region: str, **detail: Any) -> dict[str, Any]:
    """A finding in the format of GuardDuty, as far as the product reads it."""
    now = datetime.now(UTC)
    common = {
        "schemaVersion": "2.0",
        "accountId": account,
        "region": region,
        "id": f"16afba5c5c43e07c9e3e5e2e{int(now.timestamp()):08x}",
        "type": "CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin",
        "severity": 8,
        "createdAt": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "updatedAt": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "title": "A user logged in in an unusual way",
    }
    return {**common, **detail}


def put_finding(ctx: DrillContext, *, severity: float, user: str) -> None:
    """On the default bus of the primary, where GuardDuty puts its findings."""
    action = {"rdsLoginAttemptAction": {"remoteIpDetails": {"ipAddressV4": ADDRESS}}}
    detail = finding(
        ctx.world.plan.account,
        ctx.primary,
        severity=severity,
        resource={"rdsDbUserDetails": {"user": user}, "resourceType": "RDSDBInstance"},
        service={"archived": False, "action": action, "serviceName": "guardduty"},
    )
    entry = {"Source": "aws.guardduty", "DetailType": "GuardDuty Finding", "Detail": json.dumps(detail)}
    answer = ctx.world.client("events", ctx.primary).put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise ProcessError(f"the finding was not taken: {answer['Entries']}")


def consent(ctx: DrillContext) -> None:
    """The notified responder approves."""
    operators.approve(ctx)


# -- what is there afterwards -----------------------------------------------------------------------------
def follow_rotation(ctx: DrillContext) -> None:
    """Sentences of the rotation the breach ran, which stand under an id of its own."""
    view = IncidentView(ctx.world, ctx.world.names(ctx.primary), "secret_rotation", HOLDER)
    found = view.newest(0.0)
    if found is not None:
        ctx.other_lines += view.lines(found)
    ctx.let_pass(_INSIDE_SECONDS)


def _user(url: str) -> str:
    return str(conninfo_to_dict(url)["user"])


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
