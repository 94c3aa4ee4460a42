"""The region pair, the neutral region, and what belongs to a region."""

from typing import Annotated

from msgspec import Meta

from lyo_dr.model.plan.kinds import RegionName, SecurityGroupId, SubnetId, VpcId
from lyo_dr.model.plan.part import PlanPart


class Regions(PlanPart, frozen=True):
    """The region pair. ``primary`` is active on the first day; afterwards the role is run-time state."""

    primary: Annotated[
        RegionName, Meta(description="Active region on the first day; afterwards the role is run-time state.")
    ]
    secondary: Annotated[RegionName, Meta(description="Standby region on the first day.")]
    neutral: Annotated[
        RegionName, Meta(description="Third region, whose observer tells a lost region from a network partition.")
    ]

    @property
    def pair(self) -> tuple[str, str]:
        """Both recovery regions."""
        return (self.primary, self.secondary)

    def peer_of(self, region: str) -> str:
        """The other region of the pair."""
        return self.secondary if region == self.primary else self.primary


class Network(PlanPart, frozen=True):
    """Network of the SQL functions in one region; no other function runs inside the VPC."""

    vpc: Annotated[VpcId, Meta(description="Id of the VPC that reaches the databases.")]
    subnets: Annotated[
        list[SubnetId], Meta(min_length=1, description="Ids of its subnets, in several Availability Zones.")
    ]
    security_groups: Annotated[
        list[SecurityGroupId], Meta(min_length=1, description="Ids of security groups that the databases admit.")
    ]


class Observers(PlanPart, frozen=True):
    """What the observers probe to tell whether a region is up, besides the application."""

    witness: Annotated[
        str, Meta(description="URL of an AWS endpoint in the region; {region} is replaced by the region's name.")
    ] = "https://dynamodb.{region}.amazonaws.com/ping"
