"""The only module that reads the environment: the region, and the plan from its layer."""

from __future__ import annotations

import functools
import importlib
import os

from lyo_dr.errors import LyoDrError
from lyo_dr.model.plan import Plan, plan_from_json


class EnvironmentIncomplete(LyoDrError):
    """The function was deployed without something it needs."""


def region() -> str:
    """The region this function runs in; Lambda sets it."""
    try:
        return os.environ["AWS_REGION"]
    except KeyError:
        raise EnvironmentIncomplete("AWS_REGION is not set; deploy the function with its stack") from None


@functools.cache
def plan() -> Plan:
    """The plan published with this function (module ``lyo_dr_plan`` of the plan layer)."""
    try:
        published = importlib.import_module("lyo_dr_plan")
    except ImportError:
        raise EnvironmentIncomplete("the plan layer is missing; deploy the function with its stack") from None
    return plan_from_json(published.PLAN)
