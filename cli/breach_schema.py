"""Descriptions of the fields of the plan's ``breach`` section."""

from __future__ import annotations

BREACH: dict[str, dict[str, str]] = {
    "Breach": {
        "contacts": "Legal and privacy contacts, on an SNS topic of their own; not among the other contacts.",
        "severity": "Below it evidence is preserved and contacts notified, nothing else; GuardDuty's high is 7.",
        "finding_max_age": "A finding older than this is recorded and starts nothing.",
        "web_acls": "By region: name of the web ACL in front of the load balancer.",
        "ip_sets": "By region: IP sets that a Block rule of the web ACL refers to.",
        "alarms": "By region: CloudWatch alarms on the web ACL that open a breach.",
        "protected": "Networks that are never blocked: offices, partners, monitoring.",
        "max_addresses": "Maximum number of addresses that one breach blocks.",
        "widest_ipv4": "The widest IPv4 network that is blocked, as the length of its prefix.",
        "widest_ipv6": "The widest IPv6 network that is blocked, as the length of its prefix.",
        "block_for": "When responders are reminded to review a block; only a person lifts it.",
        "secrets": "Secrets whose login is rotated in every breach.",
        "roles": "IAM roles whose sessions from before the replacement of the tasks are revoked.",
        "isolate": "Security groups whose rules are removed, by region.",
        "personal_data": "Tables with personal data, for the drafts to the authority and to customers.",
    },
    "IpSets": {"ipv4": "Name of the regional IP set for IPv4.", "ipv6": "Name of the one for IPv6."},
    "PersonalTable": {
        "table": "Its name, as PostgreSQL shows it.",
        "holds": "What it contains, in the words of the draft.",
        "database": "Its database; default: the first of the plan.",
    },
}
