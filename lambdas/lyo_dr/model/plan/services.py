"""Services, where they run, and the endpoints that validate them."""

from typing import Annotated

from msgspec import Meta

from lyo_dr.model.plan.kinds import EcsName, HttpStatus, PartName, RegionName, UrlPath
from lyo_dr.model.plan.part import PlanPart


class ServiceLocation(PlanPart, frozen=True):
    """One ECS service in one region."""

    cluster: Annotated[EcsName, Meta(description="Name of the ECS cluster.")]
    service: Annotated[EcsName, Meta(description="Name of the ECS service.")]
    url: Annotated[
        str, Meta(description="URL that reaches the service in this region, bypassing the DNS name of users.")
    ]


class Service(PlanPart, frozen=True):
    """One service of the application."""

    name: Annotated[PartName, Meta(description="Name of the service in incidents and messages.")]
    places: Annotated[dict[RegionName, ServiceLocation], Meta(description="By region: where the service runs.")]
    desired: Annotated[int, Meta(description="Number of tasks to scale to on failover.")]
    minimum: Annotated[
        int, Meta(description="Minimum number of running tasks; with fewer, the service has not recovered.")
    ] = 1
    ready_path: Annotated[
        UrlPath, Meta(description="Path of the readiness check in the app contract: the service can read and write.")
    ] = "/health/ready"


class Endpoint(PlanPart, frozen=True):
    """An endpoint checked for validation."""

    name: Annotated[PartName, Meta(description="Name of the endpoint in messages.")]
    path: Annotated[UrlPath, Meta(description="Path requested from each service, and through the front door.")]
    status: Annotated[HttpStatus, Meta(description="Expected HTTP status.")] = 200
    ready: Annotated[bool, Meta(description="Whether the body must be the readiness document of the app contract.")] = (
        False
    )
