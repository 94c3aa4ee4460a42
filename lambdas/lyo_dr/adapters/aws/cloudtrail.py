"""AWS CloudTrail: what a principal did, from the event history every account has, and whether a trail still records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.model.evidence import Lookup

Found = dict[str, Any]


def events(
    lookup: Lookup, since: datetime, until: datetime, region: str, go_on: Callable[[], bool]
) -> tuple[list[Found], bool]:
    """Management events of one region, newest first, and whether these are all; ``go_on`` is asked before each page.

    The history goes back 90 days and answers two questions a second for the whole account (API reference,
    LookupEvents). Raises Throttled, ServiceUnreachable, AccessDenied.
    """
    found: list[Found] = []
    more: dict[str, str] = {}
    asked = {"AttributeKey": lookup.attribute, "AttributeValue": lookup.value}
    while go_on():
        with calling(f"looking up what {lookup.value} did in {region}"):
            page = client("cloudtrail", region, read_seconds=3.0, attempts=3).lookup_events(
                LookupAttributes=[asked], StartTime=since, EndTime=until, MaxResults=50, **more
            )
        found += page["Events"]
        if not page.get("NextToken"):
            return found, True
        more = {"NextToken": page["NextToken"]}
    return found, False


def trail_status(name: str, region: str) -> Found:
    """Whether a trail records, since when, and what it delivered last. Raises NotFound."""
    with calling(f"asking for the status of trail {name} in {region}"):
        answer: Found = client("cloudtrail", region).get_trail_status(Name=name)
    answer.pop("ResponseMetadata", None)
    return answer
