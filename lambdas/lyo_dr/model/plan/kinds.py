"""Kinds of text in a plan: what AWS takes, what to write, and an example.

A pattern stands beside its field once: ``plan check`` and the schema of editors read the same. They use what
Python and ECMAScript write alike, because the schema's readers are written in either.
"""

from typing import Annotated

from msgspec import Meta


def words(pattern: str, wrong: str, write: str, *examples: str) -> Meta:
    """Text of this pattern. ``wrong`` follows the found value in a sentence, ``write`` follows the word *write*."""
    return Meta(pattern=pattern, examples=list(examples), extra={"wrong": wrong, "write": write})


AccountId = Annotated[
    str, words(r"^[0-9]{12}$", "is not an AWS account", "one 12-digit number in quotes", "123456789012")
]
PlanName = Annotated[
    str,
    words(
        r"^(?=.{2,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        "becomes part of resource names",
        "2 to 20 of a-z, 0-9 and single -",
        "shop",
    ),
]
PartName = Annotated[
    str,
    words(r"^[a-z][a-z0-9-]{0,29}$", "becomes part of resource names", "up to 30 of a-z, 0-9 and -", "bookings"),
]
RegionName = Annotated[
    str, words(r"^[a-z]{2}(-[a-z]+)+-[0-9]$", "is not a region", "a region such as eu-west-1", "eu-west-1")
]
InstanceId = Annotated[
    str,
    words(
        r"^[a-z](-?[a-z0-9]){0,62}$",
        "is no identifier of an RDS instance",
        "up to 63 of a-z, 0-9 and single hyphens, as the console shows it",
        "shop-production",
    ),
]
"""RDS API reference, CreateDBInstance: letters, digits and single hyphens, none at the end; RDS keeps lower case."""
GroupName = Annotated[
    str,
    words(
        r"^[a-z][a-z0-9._-]{0,254}$",
        "is no name of a group of RDS",
        "its name alone, in lower case, as the console shows it",
        "shop-databases",
    ),
]
"""RDS API reference, CreateDBSubnetGroup and CreateDBParameterGroup: RDS keeps names in lower case."""
InstanceClass = Annotated[
    str,
    words(
        r"^db\.[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+$",
        "is no instance class of RDS",
        "one such as db.m7g.large",
        "db.m7g.large",
    ),
]
EcsName = Annotated[
    str,
    words(
        r"^[A-Za-z0-9_-]{1,255}$", "is no name of ECS", "the name alone: up to 255 letters, digits, - and _", "shop-api"
    ),
]
"""ECS API reference, CreateCluster and CreateService."""
SecretName = Annotated[
    str,
    words(
        r"^[A-Za-z0-9/_+=.@!-]{1,512}$",
        "is no name of a secret",
        "its name alone: letters, digits and /_+=.@-",
        "shop/production/api",
    ),
]
"""Secrets Manager API reference, CreateSecret."""
ZoneId = Annotated[
    str,
    words(r"^Z[A-Z0-9]{1,31}$", "is no id of a hosted zone", "its id, which begins with Z", "Z0123456789EXAMPLE00"),
]
VpcId = Annotated[
    str,
    words(r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$", "is no id of a VPC", "one such as vpc-0a1b2c3d4e5f60001"),
]
SubnetId = Annotated[
    str,
    words(r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", "is no id of a subnet", "one such as subnet-0a1b2c3d4e5f60011"),
]
SecurityGroupId = Annotated[
    str,
    words(r"^sg-([0-9a-f]{8}|[0-9a-f]{17})$", "is no id of a security group", "one such as sg-0a1b2c3d4e5f60021"),
]
HostName = Annotated[
    str,
    words(
        r"^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)+$",
        "is no DNS name",
        "a DNS name such as api.example.com",
        "api.example.com",
    ),
]
ZoneName = Annotated[
    str,
    words(
        r"^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$",
        "is no name of a hosted zone",
        "its DNS name such as example.com",
        "example.com",
    ),
]
"""A private zone may have a name of one word."""
MailAddress = Annotated[
    str,
    words(
        r"^[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+$",
        "is no e-mail address",
        "one such as oncall@example.com",
        "oncall@example.com",
    ),
]
UrlPath = Annotated[str, words(r"^/[!-~]*$", "is no path", "one that begins with /, such as /health", "/health")]
HttpStatus = Annotated[int, Meta(ge=100, le=599, extra={"why": "no other is an HTTP status"})]
RoleName = Annotated[
    str,
    words(r"^[A-Za-z0-9+=,.@_-]{1,64}$", "is no name of a role", "it without path and ARN", "shop-production-task"),
]
"""IAM API reference, CreateRole."""
RoleArn = Annotated[
    str,
    words(
        r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$",
        "is not the ARN of a role",
        "one such as arn:aws:iam::123456789012:role/auditor",
        "arn:aws:iam::123456789012:role/auditor",
    ),
]
CacheGroupId = Annotated[
    str,
    words(r"^[a-zA-Z](-?[a-zA-Z0-9]){0,39}$", "is no replication group's id", "one such as shop-redis", "shop-redis"),
]
"""ElastiCache API reference, CreateReplicationGroup."""
PolicyArn = Annotated[
    str,
    words(
        r"^arn:aws:iam::(aws|[0-9]{12}):policy/[!-~]+$",
        "is not the ARN of a managed policy",
        "one such as arn:aws:iam::123456789012:policy/boundary",
        "arn:aws:iam::123456789012:policy/boundary",
    ),
]
RolePath = Annotated[
    str,
    words(r"^/([!-.0-~]+/)*$", "is no path of roles", "one that begins and ends with /, such as /dr/", "/dr/"),
]
"""IAM API reference, CreateRole: slashes around printable characters, 512 at most."""
KeyArn = Annotated[
    str,
    words(
        r"^arn:aws:kms:[a-z]{2}(-[a-z]+)+-[0-9]:[0-9]{12}:key/[A-Za-z0-9-]+$",
        "is not the ARN of a KMS key",
        "the key's own ARN, not that of an alias: arn:aws:kms:eu-west-1:123456789012:key/...",
        "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]
TagKey = Annotated[
    str,
    words(
        r"^(?![aA][wW][sS]:)[A-Za-z0-9 _.:/=+@-]{1,128}$",
        "is no key of a tag",
        "up to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:",
        "cost-centre",
    ),
]
TagValue = Annotated[
    str,
    words(
        r"^[A-Za-z0-9 _.:/=+@-]{0,256}$",
        "is no value of a tag",
        "up to 256 letters, digits, spaces and _.:/=+-@",
        "4711",
    ),
]
"""What every service takes (AWS General Reference, "Tagging your AWS resources"); some take more letters than these."""
AreaName = Annotated[
    str,
    words(
        r"^(eu|us|[a-z]{2}(-[a-z]+)+-[0-9])$",
        "is no area",
        "eu, us, or the name of a region such as ap-southeast-2",
        "eu",
    ),
]
Reason = Annotated[
    str, words(r"^\s*\S[\s\S]*$", "gives no reason", "who decided it, and on what grounds", "GDPR Art. 46")
]
