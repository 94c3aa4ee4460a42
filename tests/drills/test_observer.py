"""What the observers said, read from the executions that asked them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from drills.engine.incident_view import IncidentView
from lyo_dr.model.resource_names import ResourceNames
from tests.plans import lyo_plan

BEGIN = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


class Cloud:
    """Executions of ``gather_facts``, newest first as Step Functions lists them; each says its number."""

    def __init__(self, *ends: str) -> None:
        self._ends = ends

    def client(self, _service: str, _region: str) -> Any:
        """One client for everything."""
        return self

    def list_executions(self, **_asked: Any) -> dict[str, Any]:
        """All of them."""
        made = [
            {"executionArn": str(number), "startDate": BEGIN + timedelta(seconds=number), "status": status}
            for number, status in enumerate(self._ends)
        ]
        return {"executions": made[::-1]}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803 - the name of the API
        """The output of one."""
        said = {"incident": {"id": "x"}, "probes": {"apps": [{"status": int(executionArn), "error": None}]}}
        return {"output": json.dumps(said)}


def looks(*ends: str, since: float = 0.0) -> dict[str, Any]:
    """What is read of executions that ended so."""
    return IncidentView(Cloud(*ends), ResourceNames(lyo_plan(), "us-west-2")).observations(since)


def test_the_first_look_and_the_last_are_told_without_what_nobody_said() -> None:
    found = looks("SUCCEEDED", "SUCCEEDED", "SUCCEEDED")
    assert found == {
        "first look": {"probes": {"apps": [{"status": 0}]}},
        "last look": {"probes": {"apps": [{"status": 2}]}},
    }


def test_a_look_that_failed_said_nothing() -> None:
    assert list(looks("FAILED", "SUCCEEDED")) == ["first look"]


def test_looks_before_the_fault_belong_to_another_incident() -> None:
    assert looks("SUCCEEDED", since=(BEGIN + timedelta(hours=1)).timestamp()) == {}
