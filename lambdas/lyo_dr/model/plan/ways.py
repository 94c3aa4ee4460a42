"""How a database comes back when its region is lost, and what is made where it has no instance."""

from typing import Annotated, Literal

from msgspec import Meta

from lyo_dr.model.plan.kinds import GroupName, InstanceClass, InstanceId, SecurityGroupId
from lyo_dr.model.plan.part import PlanPart

PlannedWay = Literal["promote", "restore", "leave"]
"""``promote`` its replica, ``restore`` it from replicated backups, or ``leave`` it in the region that is lost."""


class RestoreAs(PlanPart, frozen=True):
    """The instance that is restored in the secondary region, of a database that has none there before.

    A point-in-time restore from replicated backups would get the default VPC and the default parameter group where
    nothing is said (RDS API reference, RestoreDBInstanceToPointInTime).
    """

    instance: Annotated[
        InstanceId, Meta(description="What its name begins with; -r-, the incident and a number are added.")
    ]
    subnet_group: Annotated[GroupName, Meta(description="DB subnet group of the secondary region.")]
    security_groups: Annotated[
        list[SecurityGroupId], Meta(min_length=1, description="Its security groups, in the VPC of that subnet group.")
    ]
    parameter_group: Annotated[
        GroupName, Meta(description="DB parameter group of the secondary region, with track_commit_timestamp.")
    ]
    instance_class: Annotated[
        InstanceClass | None, Meta(description="Instance class; omitted: that of the lost instance.")
    ] = None
