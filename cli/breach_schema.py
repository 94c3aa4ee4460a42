"""A sentence for every field of the plan's part on breaches."""

from __future__ import annotations

BREACH: dict[str, dict[str, str]] = {
    "Breach": {
        "contacts": "The legal side, on a topic of its own; nobody of them is among the other contacts.",
        "severity": "Below it a finding is preserved and told, and nothing else; GuardDuty's high begins at 7.",
        "finding_max_age": "An older finding is recorded and starts nothing.",
        "web_acls": "By region: name of the web ACL in front of the load balancer.",
        "ip_sets": "By region: IP sets that a Block rule of the web ACL refers to.",
        "alarms": "By region: CloudWatch alarms on the web ACL that open a breach.",
        "protected": "Networks that are never blocked: offices, partners, monitoring.",
        "max_addresses": "The most addresses one breach blocks.",
        "widest_ipv4": "The widest IPv4 network that is blocked, as the length of its prefix.",
        "widest_ipv6": "The widest IPv6 network that is blocked, as the length of its prefix.",
        "block_for": "When people are asked to look at a block again; only a person lifts it.",
        "secrets": "Secrets whose login is rotated in every breach.",
        "roles": "IAM roles whose sessions from before the fresh tasks are refused.",
        "isolate": "By region: security groups that are emptied.",
        "personal_data": "Tables with data of persons, for the drafts to authority and customers.",
    },
    "IpSets": {"ipv4": "Name of the regional IP set for IPv4.", "ipv6": "Name of the one for IPv6."},
    "PersonalTable": {
        "table": "Its name, as PostgreSQL shows it.",
        "holds": "What stands in it, in the words of the draft.",
        "database": "The database it is in; left out, the first of the plan.",
    },
}
