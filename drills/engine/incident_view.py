"""Follow the incident from outside: its timeline as it grows, and the status of its executions."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from drills.results.record import TimelineLine
from drills.world.onboard import Cloud
from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.model.resource_names import ResourceNames

ENTRY = "incident_response"


class IncidentView:
    """Reads what the product wrote in one region: of incidents, or of rotations, whose ids begin with ``prefix``."""

    def __init__(self, cloud: Cloud, names: ResourceNames, process: str = ENTRY, prefix: str = "") -> None:
        self._names = names
        self._process, self._prefix = process, prefix
        self._states = cloud.client("stepfunctions", names.region)
        self._table = cloud.client("dynamodb", names.region)
        self._seen: set[str] = set()

    def newest(self, since: float) -> str | None:
        """The incident that was opened last, or None when none was since then (epoch seconds).

        A signal that is only recorded (a copy, an old one) has an execution, too, and is no incident.
        """
        opened = [e for e in self._begun(since) if self._process != ENTRY or self.head(e["name"])]
        return self._prefix + max(opened, key=lambda e: e["startDate"])["name"] if opened else None

    def opened(self, since: float) -> int:
        """How many incidents were opened since then (epoch seconds)."""
        return sum(bool(self.head(e["name"])) for e in self._begun(since))

    def status(self, incident_id: str) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        execution = self._names.execution(self._process, incident_id.removeprefix(self._prefix))
        answer = self._states.describe_execution(executionArn=execution)
        return str(answer["status"])

    def lines(self, incident_id: str) -> list[TimelineLine]:
        """Timeline lines not returned before, oldest first."""
        items = self._query(incident_id, "LINE#")
        fresh = [item for item in items if item["sk"]["S"] not in self._seen]
        self._seen |= {item["sk"]["S"] for item in fresh}
        return [
            TimelineLine(datetime.fromisoformat(item["at"]["S"]).timestamp(), item["step"]["S"], item["sentence"]["S"])
            for item in fresh
        ]

    def messages_waiting(self) -> int:
        """How many messages to people wait in the region's outbox."""
        answer = self._table.query(
            TableName=self._names.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "OUTBOX"}},
            Select="COUNT",
            ConsistentRead=True,
        )
        return int(answer["Count"])

    def attempts_to_notify(self, audience: str) -> int:
        """How often the sender has tried the messages that wait for an audience, all together."""
        answer = self._table.query(
            TableName=self._names.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :audience)",
            ExpressionAttributeValues={":pk": {"S": "OUTBOX"}, ":audience": {"S": f"{audience}#"}},
            ConsistentRead=True,
        )
        return sum(int(item["attempts"]["N"]) for item in answer["Items"])

    def head(self, incident_id: str) -> dict[str, Any]:
        """The incident's record as plain strings; empty when there is none."""
        found = self._query(incident_id, "HEAD")
        return {name: next(iter(value.values())) for name, value in found[0].items()} if found else {}

    def observations(self, since: float) -> dict[str, Any]:
        """Observations before the decision, the first and the last, as ``gather_facts`` returned them.

        ``since`` in epoch seconds; empty when none were made.
        """
        if self._process != ENTRY:
            return {}
        begun = [e for e in self._executions("gather_facts") if e["startDate"].timestamp() >= since]
        ended = sorted((e for e in begun if e["status"] == "SUCCEEDED"), key=lambda e: e["startDate"])
        chosen = {"first look": ended[:1], "last look": ended[1:][-1:]}
        return {name: self._output(each[0]["executionArn"]) for name, each in chosen.items() if each}

    def _output(self, execution: str) -> dict[str, Any]:
        output = json.loads(self._states.describe_execution(executionArn=execution)["output"])
        return {name: _known(value) for name, value in output.items() if name != "incident"}

    def others(self) -> dict[str, str]:
        """Status of the executions that outlive the incident, by name of the machine."""
        found: dict[str, str] = {}
        if self._process != ENTRY:
            return found
        for process in ("protect_database", "protect_restored", "compare_damaged"):
            for number, execution in enumerate(self._executions(process)):
                found[f"{self._names.machine_name(process)}-{number}"] = str(execution["status"])
        return found

    def executions(self) -> list[str]:
        """Names of all executions, of incidents and of signals that opened none."""
        return [str(each["name"]) for each in self._executions(self._process)]

    def _begun(self, since: float) -> list[dict[str, Any]]:
        return [e for e in self._executions(self._process) if e["startDate"].timestamp() >= since]

    def _executions(self, process: str) -> list[dict[str, Any]]:
        answer = self._states.list_executions(stateMachineArn=self._names.machine(process))
        found: list[dict[str, Any]] = answer["executions"]
        return found

    def _query(self, incident_id: str, prefix: str) -> list[Item]:
        answer = self._table.query(
            TableName=self._names.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"INCIDENT#{incident_id}"}, ":sk": {"S": prefix}},
            ConsistentRead=True,
        )
        found: list[Item] = answer["Items"]
        return found


def _known(value: Any) -> Any:
    """Drop unknown values: a page full of them hides the rest."""
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items() if each is not None}
    return [_known(each) for each in value] if isinstance(value, list) else value
