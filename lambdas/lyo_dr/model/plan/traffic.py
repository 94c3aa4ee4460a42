"""The front door: the DNS names of users, and how each moves to the other region."""

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from lyo_dr.model.plan.kinds import HostName, RegionName, ZoneId, ZoneName
from lyo_dr.model.plan.part import PlanPart


class Target(PlanPart, frozen=True):
    """What a DNS name resolves to in one region: a load balancer (alias), another host name, or an IP address."""

    load_balancer: Annotated[
        HostName | None, Meta(description="DNS name of a load balancer, for an alias record; needs hosted_zone.")
    ] = None
    hosted_zone: Annotated[
        ZoneId | None, Meta(description="Hosted zone id of the load balancer, which AWS documents by region.")
    ] = None
    cname: Annotated[
        HostName | None,
        Meta(description="Host name for a CNAME record, such as that of a CDN; in both regions or none."),
    ] = None
    address: Annotated[str | None, Meta(description="IP address, where there is no load balancer.")] = None

    @property
    def host(self) -> str:
        """The host name or address it leads to, whichever the plan names."""
        return self.load_balancer or self.cname or self.address or ""


class Traffic(PlanPart, frozen=True):
    """One DNS name of users.

    ``latch`` moves traffic on the data plane of the recovery region. ``record`` changes the record itself, which needs
    the control plane of Route 53 in us-east-1: for zones that cannot hold failover records.
    """

    name: Annotated[HostName, Meta(description="DNS name that users know.")]
    url: Annotated[str, Meta(description="URL of that DNS name.")]
    hosted_zone: Annotated[ZoneId, Meta(description="Id of the Route 53 hosted zone that holds the name.")]
    targets: Annotated[dict[RegionName, Target], Meta(description="By region: what the name resolves to.")]
    service: Annotated[
        str | None,
        Meta(description="Service behind the name, which is watched and asked; omitted: the only critical one."),
    ] = None
    services: Annotated[
        list[str], Meta(description="Services behind the name, where several answer there; instead of service.")
    ] = []
    zone: Annotated[
        ZoneName | None,
        Meta(description="DNS name of the hosted zone, such as example.com; omitted: not checked against the name."),
    ] = None
    strategy: Annotated[
        Literal["latch", "record"],
        Meta(description="latch: data plane only; record: changes the record through Route 53's control plane."),
    ] = "latch"
    ttl: Annotated[timedelta, Meta(description="Time to live of the DNS record.")] = timedelta(seconds=60)
    resolvers: Annotated[
        list[str],
        Meta(
            description="DNS resolvers queried to verify the switch, such as 1.1.1.1, 1.1.1.1:53, ::1 or [::1]:53; "
            "empty: the system's own."
        ),
    ] = []

    def named_services(self) -> list[str]:
        """The services it names, each once; none where only one can be meant."""
        return list(dict.fromkeys([*([] if self.service is None else [self.service]), *self.services]))
