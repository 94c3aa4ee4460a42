"""A security breach: detection, blocking, containment, and the evidence that is preserved."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from lyo_dr.model.plan.kinds import MailAddress, RegionName, RoleArn, RoleName
from lyo_dr.model.plan.part import PlanPart

_BYSTANDERS = {"why": "a block as wide as that locks out bystanders"}


class IpSets(PlanPart, frozen=True):
    """Regional IP sets that a Block rule of the web ACL refers to."""

    ipv4: Annotated[str, Meta(description="Name of the IP set for IPv4.")]
    ipv6: Annotated[str | None, Meta(description="Name of the IP set for IPv6.")] = None


class PersonalTable(PlanPart, frozen=True):
    """A table with personal data."""

    table: Annotated[str, Meta(description="Table name, as PostgreSQL shows it.")]
    holds: Annotated[str, Meta(description="What it contains, worded for the drafts to authority and customers.")]
    database: Annotated[str | None, Meta(description="Database that holds it; omitted: the first of the plan.")] = None


class Breach(PlanPart, frozen=True):
    """Response to a security breach. The topic of ``contacts`` carries nothing else."""

    contacts: Annotated[
        list[MailAddress],
        Meta(min_length=1, description="E-mail addresses of the legal side; none of them among the other contacts."),
    ]
    severity: Annotated[
        float,
        Meta(
            gt=0,
            le=10,
            description="Severity from which containment begins; below it, preserve and notify only. "
            "GuardDuty counts from 1 to 10; high begins at 7.",
        ),
    ] = 7.0
    finding_max_age: Annotated[
        timedelta, Meta(description="Maximum age of a finding; an older one is recorded and starts nothing.")
    ] = timedelta(days=1)
    web_acls: Annotated[
        dict[RegionName, str], Meta(description="By region: name of the web ACL in front of the load balancer.")
    ] = {}
    ip_sets: Annotated[
        dict[RegionName, IpSets], Meta(description="By region: IP sets that a Block rule of the web ACL refers to.")
    ] = {}
    alarms: Annotated[
        dict[RegionName, list[str]], Meta(description="By region: CloudWatch alarms on the web ACL that open a breach.")
    ] = {}
    protected: Annotated[
        list[str],
        Meta(
            description="Networks that are never blocked: offices, partners, monitoring, and your own public ones: "
            "NAT gateways and Elastic IP addresses, IPv6 ranges of the VPCs."
        ),
    ] = []
    max_addresses: Annotated[int, Meta(ge=1, description="Maximum number of addresses one breach blocks.")] = 20
    widest_ipv4: Annotated[
        int,
        Meta(ge=8, le=32, extra=_BYSTANDERS, description="Shortest prefix length of an IPv4 network that is blocked."),
    ] = 24
    widest_ipv6: Annotated[
        int,
        Meta(
            ge=32, le=128, extra=_BYSTANDERS, description="Shortest prefix length of an IPv6 network that is blocked."
        ),
    ] = 64
    block_for: Annotated[
        timedelta, Meta(description="When responders are asked to review a block; only an operator lifts it.")
    ] = timedelta(days=7)
    secrets: Annotated[list[str], Meta(description="Secrets whose login is rotated in every breach.")] = []
    roles: Annotated[
        list[RoleName], Meta(description="IAM roles whose sessions older than the new tasks are revoked.")
    ] = []
    isolate: Annotated[
        dict[RegionName, list[str]], Meta(description="By region: security groups whose rules are removed.")
    ] = {}
    personal_data: Annotated[
        list[PersonalTable],
        Meta(description="Tables with personal data, for the drafts to authority and customers."),
    ] = []


class Evidence(PlanPart, frozen=True):
    """What is preserved of a breach, and for how long; requests come from the web ACL of ``breach``.

    The ``fresh`` window is copied directly, because an export may miss the last twelve hours (Amazon CloudWatch Logs
    user guide, "Exporting log data to Amazon S3"); nothing is rotated before that. Actions of suspects are looked up a
    second time, because AWS CloudTrail delivers them minutes late.
    """

    retention_days: Annotated[
        int,
        Meta(
            ge=1,
            le=36500,
            extra={"why": "an object lock takes no other"},
            description="Object lock retention of the evidence bucket, in days.",
        ),
    ] = 365
    log_groups: Annotated[
        dict[RegionName, list[str]], Meta(description="By region: log groups whose content is preserved.")
    ] = {}
    trail: Annotated[
        str | None, Meta(description="Name or ARN of a CloudTrail trail; its logging status is preserved.")
    ] = None
    readers: Annotated[list[RoleArn], Meta(description="ARNs of the IAM roles that may decrypt evidence.")] = []
    fresh: Annotated[
        timedelta, Meta(description="Most recent part of the logs, copied directly because an export may miss it.")
    ] = timedelta(hours=12)
    copy_within: Annotated[timedelta, Meta(description="Maximum time copying may delay the next step.")] = timedelta(
        minutes=2
    )
    late_after: Annotated[
        timedelta, Meta(description="Delay before the second CloudTrail lookup of the suspects' actions.")
    ] = timedelta(minutes=20)
    history: Annotated[timedelta, Meta(description="How far back logs are exported.")] = timedelta(days=7)
    export_within: Annotated[timedelta, Meta(description="Maximum time to wait for exports.")] = timedelta(hours=12)
