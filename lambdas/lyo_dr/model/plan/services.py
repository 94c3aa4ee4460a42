"""Services, where they run, and the endpoints that validate them."""

from typing import Annotated, Literal

from msgspec import Meta

from lyo_dr.model.plan.kinds import EcsName, HttpStatus, PartName, RegionName, UrlPath
from lyo_dr.model.plan.part import PlanPart


class ServiceLocation(PlanPart, frozen=True):
    """One ECS service in one region."""

    cluster: Annotated[EcsName, Meta(description="Name of the ECS cluster.")]
    service: Annotated[EcsName, Meta(description="Name of the ECS service.")]
    url: Annotated[
        str | None,
        Meta(
            description="URL that reaches the service in this region, bypassing the DNS name of users; omitted in both "
            "regions: a worker without one, judged by its running tasks."
        ),
    ] = None


class Endpoint(PlanPart, frozen=True):
    """An endpoint checked for validation."""

    name: Annotated[PartName, Meta(description="Name of the endpoint in messages.")]
    path: Annotated[UrlPath, Meta(description="Path requested from the service, and through the front door.")]
    status: Annotated[HttpStatus, Meta(description="Expected HTTP status.")] = 200
    ready: Annotated[bool, Meta(description="Whether the body must be the readiness document of the app contract.")] = (
        False
    )


class ServiceMetric(PlanPart, frozen=True):
    """A metric of Amazon CloudWatch that tells whether a service does its work."""

    namespace: Annotated[str, Meta(description="Namespace of the metric, such as AWS/SQS.")]
    name: Annotated[str, Meta(description="Name of the metric, such as ApproximateAgeOfOldestMessage.")]
    dimensions: Annotated[
        dict[str, dict[str, str]], Meta(description="By region: its dimensions there, such as {QueueName: orders}.")
    ]
    statistic: Annotated[
        Literal["Average", "Maximum", "Minimum", "Sum"], Meta(description="Statistic over one minute.")
    ] = "Maximum"
    at_most: Annotated[float | None, Meta(description="Largest value of a service that works; or at_least.")] = None
    at_least: Annotated[float | None, Meta(description="Smallest value of a service that works; or at_most.")] = None


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
    critical: Annotated[
        bool, Meta(description="Whether traffic waits for it; otherwise it is raised, and what is missing is reported.")
    ] = True
    after: Annotated[list[str], Meta(description="Services that are to be stable before this one is raised.")] = []
    stop_first: Annotated[bool, Meta(description="Whether it is stopped before the others, as a consumer is.")] = False
    runs_once: Annotated[
        bool,
        Meta(
            description="Whether it may run in one region at a time, as schedules and consumers do: raised in a "
            "recovery region when that has taken authority."
        ),
    ] = False
    endpoints: Annotated[
        list[Endpoint] | None,
        Meta(description="Endpoints of this service; omitted: those under endpoints, which every service then has."),
    ] = None
    database: Annotated[
        str | None,
        Meta(description="Database its readiness document reports; omitted: the only one, or the only critical one."),
    ] = None
    metric: Annotated[
        ServiceMetric | None,
        Meta(description="Metric that is checked at validation, besides; one without a recent value blocks nothing."),
    ] = None

    @property
    def listens(self) -> bool:
        """Whether it answers requests; a worker does not."""
        return any(place.url is not None for place in self.places.values())

    def ready_url(self, region: str) -> str:
        """The URL of its readiness check in a region. Raises ValueError for a worker, which has none."""
        url = self.places[region].url
        if url is None:
            raise ValueError(f"service {self.name} has no URL in {region}")
        return url + self.ready_path
