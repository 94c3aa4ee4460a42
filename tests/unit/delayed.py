"""A delayed replica for the tests of restores: RDS and the function that speaks SQL, as far as they are asked."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from lyo_dr.model.delayed_replica import Advance, Replay
from lyo_dr.model.plan import DelayedReplica, Plan
from tests.unit.aws import refusal
from tests.unit.builders import NOON, OREGON, REPLICA
from tests.unit.restores import FakeRds

DELAYED = "postgres-delayed"
DELAY = timedelta(hours=1)


def with_delayed(plan: Plan) -> Plan:
    """The plan with a delayed replica in Oregon."""
    (database, *others) = plan.databases
    delayed = DelayedReplica(instances={OREGON: DELAYED}, delay=DELAY)
    restore = msgspec.structs.replace(database.restore, delayed=delayed)
    return msgspec.structs.replace(plan, databases=[msgspec.structs.replace(database, restore=restore), *others])


@dataclass
class DelayedRds(FakeRds):
    """A replica that replays what is older than its delay, by the clock the test sets."""

    now: datetime = NOON
    replayed_to: datetime | None = None
    held: bool = False
    silent: bool = False
    promotions: int = 0
    delays: list[int] = field(default_factory=lambda: [round(DELAY.total_seconds() * 1000)])
    stretches: list[float] = field(default_factory=list)

    def given_delayed(self, now: datetime, source: str = REPLICA) -> None:
        """It follows an instance, an hour behind."""
        self.given(DELAYED)
        self.now, self.replayed_to = now, now - DELAY
        self.instances[DELAYED] |= {
            "ReadReplicaSourceDBInstanceIdentifier": source,
            "StatusInfos": [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}],
            "DBParameterGroups": [{"DBParameterGroupName": DELAYED}],
        }

    @property
    def follows(self) -> bool:
        """Whether it is a replica."""
        return "ReadReplicaSourceDBInstanceIdentifier" in self.instances[DELAYED]

    def promote_read_replica(self, asked: dict[str, Any]) -> dict[str, Any]:
        """It leaves its source at once. Raises ClientError for what is no replica."""
        raw = self._existing(asked)
        if not self.follows:
            raise refusal("InvalidDBInstanceState", "DB Instance is not a read replica.")
        del raw["ReadReplicaSourceDBInstanceIdentifier"], raw["StatusInfos"]
        self.promotions += 1
        return {}

    def modify_db_instance(self, asked: dict[str, Any]) -> dict[str, Any]:
        """At once, as ``ApplyImmediately`` says."""
        raw = self._idle(asked)
        raw["DeletionProtection"] = asked.get("DeletionProtection", raw["DeletionProtection"])
        if group := asked.get("DBParameterGroupName"):
            raw["DBParameterGroups"] = [{"DBParameterGroupName": group}]
        raw["MultiAZ"] = asked.get("MultiAZ", raw.get("MultiAZ"))
        raw["BackupRetentionPeriod"] = asked.get("BackupRetentionPeriod", raw.get("BackupRetentionPeriod"))
        return {}

    def modify_db_parameter_group(self, asked: dict[str, Any]) -> dict[str, Any]:
        """In force at once."""
        assert asked["DBParameterGroupName"] == DELAYED
        ((name, value),) = [(each["ParameterName"], each["ParameterValue"]) for each in asked["Parameters"]]
        assert name == "recovery_min_apply_delay"
        self.delays.append(int(value))
        return {}

    def function(self, invoked: dict[str, Any]) -> dict[str, Any]:
        """In the place of the function that speaks SQL."""
        assert invoked["FunctionName"].endswith("hold-replay")
        if self.silent:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorType": "TimeoutError"}')}
        return {"Payload": io.BytesIO(json.dumps(self._asked(json.loads(invoked["Payload"]))).encode())}

    def _asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.now += timedelta(seconds=1)
        if asked["winding"] is not None:
            self._go_on(msgspec.convert(asked["winding"], Advance))
        self.held = asked["held"]
        replay = Replay(
            at=self.now,
            in_recovery=self.follows,
            state=("paused" if self.held else "not paused") if self.follows else "",
            replayed_to=self.replayed_to,
            delay_seconds=self.delays[-1] / 1000,
            said="held" if self.held else "goes on",
        )
        answer: dict[str, Any] = msgspec.to_builtins(replay)
        return answer

    def _go_on(self, winding: Advance) -> None:
        left = (winding.until - (self.now - timedelta(milliseconds=winding.delay_ms))).total_seconds()
        if left <= 0 or winding.delay_ms != self.delays[-1]:
            return
        self.now += timedelta(seconds=min(left, winding.seconds))
        self.stretches.append(min(left, winding.seconds))
        self.replayed_to = self.now - timedelta(milliseconds=winding.delay_ms)
