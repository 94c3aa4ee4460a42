"""Where data may be, and what is excepted by name."""

from typing import Annotated, Literal

from msgspec import Meta

from lyo_dr.model.plan.kinds import AreaName, Reason
from lyo_dr.model.plan.part import PlanPart

AREAS: dict[str, tuple[str, ...]] = {
    "eu": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "us": ("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
}
"""Regions by where their data centres are (AWS documentation, "AWS Regions"): Frankfurt, Stockholm, Milan, Spain,
Ireland and Paris are in the European Union; London (eu-west-2) and Zurich (eu-central-2) are not."""


class Excepted(PlanPart, frozen=True):
    """Something that may be elsewhere, and why."""

    what: Annotated[
        Literal["primary", "secondary", "detection"],
        Meta(
            description="primary, secondary: everything in that region; detection: e-mail addresses of responders and "
            "messages about services, in us-east-1."
        ),
    ]
    why: Annotated[Reason, Meta(description="Who decided it, and on what grounds.")]


class Residency(PlanPart, frozen=True):
    """Where data may be. A plan that would put some elsewhere is refused, unless a named exception says why."""

    within: Annotated[list[AreaName], Meta(min_length=1, description="eu, us, or names of regions.")]
    exceptions: Annotated[list[Excepted], Meta(description="What may be elsewhere, each with its reason.")] = []

    def regions(self) -> tuple[str, ...]:
        """Every region data may be in."""
        return tuple(region for name in self.within for region in AREAS.get(name, (name,)))

    def allows(self, region: str) -> bool:
        """Whether data may be there without an exception."""
        return region in self.regions()

    def excepts(self, what: str) -> bool:
        """Whether an exception names it."""
        return any(each.what == what for each in self.exceptions)
