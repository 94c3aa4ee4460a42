"""Somebody is inside: what stands before it, how GuardDuty tells of it, and what the intruder found out."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.exceptions

from drills.client.attempt_log import read
from drills.engine import notifications, operators
from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.intruder.process import Intruder
from drills.results.record import TimelineLine
from drills.scenarios.rotation import rotation
from drills.world.addresses import FRONT_PORT
from local_aws.data_plane.processes import ProcessError
from lyo_dr.model.breach import Breach
from lyo_dr.model.plan import DATABASE_URL
from lyo_dr.model.resource_names import DETECTION_REGION
from lyo_dr.model.rotation import HOLDER

ADDRESS = "127.66.0.6"
"""Where the intruder comes from."""
_INSIDE_SECONDS = 2.0
_MANY = 500.0
_SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "blocked"}


# -- what stands before it --------------------------------------------------------------------------------
def prepare(scene: DrillContext) -> None:
    """The stacks of a breach, and what a customer has: web ACLs with their IP sets, and the role of the tasks."""
    names = scene.world.names(scene.primary)
    scene.world.deploy(*(names.stack(part) for part in ("breach_response", "preserve_breach", "operator")))
    scene.world.warm(scene.primary, "breach_response", "preserve_breach", "secret_rotation", "operator")
    for region in scene.pair:
        given_web_acl(scene, region)
    given_roles(scene)
    notifications.listen(scene, scene.primary)
    scene.before = rotation.texts(scene)


def given_web_acl(scene: DrillContext, region: str) -> None:
    """A web ACL whose rule of priority 0 blocks what is in the plan's IP sets."""
    waf, breach = scene.world.client("wafv2", region), part(scene)
    sets, rules = breach.ip_sets[region], list[dict[str, Any]]()
    for kind, name in (("IPV4", sets.ipv4), ("IPV6", sets.ipv6 or "")):
        made = waf.create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion=kind, Addresses=[])["Summary"]
        statement = {"IPSetReferenceStatement": {"ARN": made["ARN"]}}
        rule = {"Name": f"blocked-{kind.lower()}", "Priority": len(rules), "Statement": statement}
        rules.append({**rule, "Action": {"Block": {}}, "VisibilityConfig": _SEEN})
    waf.create_web_acl(
        Name=breach.web_acls[region],
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        Rules=rules,
        VisibilityConfig=_SEEN,
    )


def given_roles(scene: DrillContext) -> None:
    """The roles the plan names, which may see who they are."""
    iam, account = scene.world.client("iam", DETECTION_REGION), scene.world.plan.account
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    may = {"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"}
    for role in part(scene).roles:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=_document(trust))
        iam.put_role_policy(RoleName=role, PolicyName="app", PolicyDocument=_document(may))


def part(scene: DrillContext) -> Breach:
    """The plan's part on breaches."""
    return scene.world.plan.breach or Breach(contacts=[])


# -- how it begins ----------------------------------------------------------------------------------------
def break_in(scene: DrillContext) -> float:
    """Somebody works on the database with the leaked login and holds a session of a role; GuardDuty finds it."""
    text = json.loads((scene.before.texts if scene.before else {})[scene.primary])
    scene.notes["stolen session"] = _session(scene, part(scene).roles[0])
    scene.intruder = Intruder(
        text[DATABASE_URL],
        out=scene.world.directory / "intruder.jsonl",
        address=ADDRESS,
        front=scene.world.places.front(0),
        port=FRONT_PORT,
    )
    scene.let_pass(_INSIDE_SECONDS)
    at = time.time()
    scene.screen.fault(at, "An intruder reads the database with the application's own login; GuardDuty finds it")
    put_finding(scene, severity=8.0, user=_user(text[DATABASE_URL]))
    return at


def find_little(scene: DrillContext) -> float:
    """GuardDuty finds something that is hardly worth a look."""
    at = time.time()
    scene.screen.fault(at, "GuardDuty finds something of low severity")
    put_finding(scene, severity=2.0, user="nobody")
    return at


def prepare_alarm(scene: DrillContext) -> None:
    """Also the alarm a customer has on the requests that the web ACL blocks, which is quiet so far."""
    prepare(scene)
    scene.before = None
    breach = part(scene)
    _put_blocked(scene, 0.0)
    scene.world.client("cloudwatch", scene.primary).put_metric_alarm(
        AlarmName=breach.alarms[scene.primary][0],
        **_blocked_metric(scene),
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=_MANY,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )


def knock(scene: DrillContext) -> float:
    """Somebody is turned away more often than the customer's alarm is quiet about."""
    at = time.time()
    scene.screen.fault(at, f"{_MANY:g} requests are blocked by the web ACL; the customer's alarm goes off")
    _put_blocked(scene, _MANY)
    return at


def _put_blocked(scene: DrillContext, count: float) -> None:
    """What AWS WAF counts (developer guide, "AWS WAF metrics and dimensions")."""
    metric = _blocked_metric(scene)
    datum = {"MetricName": metric["MetricName"], "Dimensions": metric["Dimensions"], "Value": count, "Unit": "Count"}
    scene.world.client("cloudwatch", scene.primary).put_metric_data(Namespace=metric["Namespace"], MetricData=[datum])


def _blocked_metric(scene: DrillContext) -> dict[str, Any]:
    values = {"WebACL": part(scene).web_acls[scene.primary], "Region": scene.primary, "Rule": "ALL"}
    return {
        "Namespace": "AWS/WAFV2",
        "MetricName": "BlockedRequests",
        "Dimensions": [{"Name": name, "Value": value} for name, value in values.items()],
    }


def finding(account: str, region: str, **detail: Any) -> dict[str, Any]:
    """A finding in the format of GuardDuty, as far as anybody here reads it."""
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


def put_finding(scene: DrillContext, *, severity: float, user: str) -> None:
    """On the default bus of the primary, where GuardDuty puts its findings."""
    action = {"rdsLoginAttemptAction": {"remoteIpDetails": {"ipAddressV4": ADDRESS}}}
    detail = finding(
        scene.world.plan.account,
        scene.primary,
        severity=severity,
        resource={"rdsDbUserDetails": {"user": user}, "resourceType": "RDSDBInstance"},
        service={"archived": False, "action": action, "serviceName": "guardduty"},
    )
    entry = {"Source": "aws.guardduty", "DetailType": "GuardDuty Finding", "Detail": json.dumps(detail)}
    answer = scene.world.client("events", scene.primary).put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise ProcessError(f"the finding was not taken: {answer['Entries']}")


def consent(scene: DrillContext) -> None:
    """The responder who was told says yes."""
    operators.approve(scene)


# -- what is there afterwards -----------------------------------------------------------------------------
def follow_rotation(scene: DrillContext) -> None:
    """Sentences of the rotation the breach ran, which stand under an id of its own."""
    view = IncidentView(scene.world, scene.world.names(scene.primary), "secret_rotation", HOLDER)
    found = view.newest(0.0)
    if found is not None:
        scene.also += view.lines(found)
    scene.let_pass(_INSIDE_SECONDS)


def look(scene: DrillContext) -> dict[str, str]:
    """What the intruder still reaches, and how long each part took."""
    found = {"blocked": ", ".join(_blocked(scene)), **_figures(scene)}
    for audience in ("legal", "responders"):
        told = notifications.messages(scene, scene.primary, audience)
        found[f"{audience} heard"] = "\n".join(f"{subject}: {text}" for subject, text in told)
    if scene.intruder is not None:
        scene.intruder.stop()
        tried = scene.intruder.tried()
        ways = {way: [one for one in tried if one.way == way] for way in ("sql", "http")}
        found |= {f"{way} before": ways[way][0].said for way in ways if ways[way]}
        found |= {f"{way} in the end": ways[way][-1].said for way in ways if ways[way]}
        found["rows after thrown out"] = str(_returned([one.said for one in ways["sql"]]))
        found["stolen session"] = _use(scene, scene.notes.pop("stolen session"))
        thrown = [one.at for one in ways["sql"] if one.said.startswith("thrown out")]
        scene.notes["figures"]["thrown out"] = round(thrown[0] - scene.notes["since"], 2) if thrown else None
    failed = sum(not attempt.ok for attempt in read(scene.attempts))
    scene.notes["figures"]["failed bookings"] = failed
    figures = ", ".join(f"{name} {value}" for name, value in scene.notes["figures"].items() if value is not None)
    scene.screen.stage(f"Seconds since the incident was opened: {figures}")
    return found


def _figures(scene: DrillContext) -> dict[str, str]:
    """Seconds from the opening of the incident to each milestone, by the product's own sentences."""
    view = IncidentView(scene.world, scene.world.names(scene.primary))
    incident = view.newest(0.0)
    lines = [*(view.lines(incident) if incident else []), *scene.also]
    since = min((line.at for line in lines if line.step == "OpenIncident"), default=0.0)
    since = scene.notes.setdefault("since", since)
    marks = {
        "told": ("AnnounceBreach", "Notified legal"),
        "preserved": ("SealManifest", ""),
        "contained": ("RevokeSessions|BlockAddresses", ""),
        "rotated": ("CloseRotation", "Rotated"),
        "proven": ("ProveContained", "Proven"),
    }
    scene.notes["figures"] = {name: _first(lines, since, *mark) for name, mark in marks.items()}
    scene.notes["figures"]["blocked"] = _first(lines, since, "BlockAddresses", "Blocked")
    head = view.head(incident) if incident else {}
    rotated = scene.world.client("stepfunctions", scene.primary).list_executions(
        stateMachineArn=scene.world.names(scene.primary).machine("secret_rotation")
    )
    return {"notify before": str(head.get("notify_before", "")), "rotations": str(len(rotated["executions"]))}


def _first(lines: list[TimelineLine], since: float, steps: str, begins: str) -> float | None:
    """The last first: a milestone of two steps is reached with the later one."""
    wanted = steps.split("|")
    at = [min((x.at for x in lines if x.step == s and x.sentence.startswith(begins)), default=None) for s in wanted]
    return None if not at or None in at else round(max(moment for moment in at if moment is not None) - since, 2)


def _blocked(scene: DrillContext) -> list[str]:
    found = []
    for region in scene.pair:
        waf, name = scene.world.client("wafv2", region), part(scene).ip_sets[region].ipv4
        for each in waf.list_ip_sets(Scope="REGIONAL")["IPSets"]:
            if each["Name"] == name:
                content = waf.get_ip_set(Name=name, Scope="REGIONAL", Id=each["Id"])["IPSet"]["Addresses"]
                found += [f"{address} in {region}" for address in content]
    return found


def _returned(said: list[str]) -> int:
    """How often rows were read again after the intruder had been thrown out once."""
    out = next((index for index, one in enumerate(said) if one.startswith("thrown out")), len(said))
    return sum(one == "rows" for one in said[out:])


def _session(scene: DrillContext, role: str) -> dict[str, str]:
    arn = f"arn:aws:iam::{scene.world.plan.account}:role/{role}"
    sts = scene.world.client("sts", scene.primary)
    taken: dict[str, str] = sts.assume_role(RoleArn=arn, RoleSessionName="stolen")["Credentials"]
    scene.notes["session before"] = _use(scene, taken)
    return taken


def _use(scene: DrillContext, session: dict[str, str]) -> str:
    """Whether AWS still takes a session."""
    client = boto3.client(
        "sns",
        region_name=scene.primary,
        endpoint_url=scene.world.aws.endpoint,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    try:
        client.list_topics()
    except botocore.exceptions.ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return "accepted"


def _user(url: str) -> str:
    return url.split("://", 1)[1].split(":", 1)[0]


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
