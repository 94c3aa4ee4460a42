"""Both regions behind one endpoint on loopback, as moto plays them; each can fall silent or refuse."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.stepfunctions.models import stepfunctions_backends
from werkzeug.serving import make_server

from cli.region_view import processes
from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.adapters.aws.session import client
from lyo_dr.model.incident import Incident, Line, Signal
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.store.control_state import ControlState
from lyo_dr.store.incidents import Incidents

IRELAND, OREGON = "eu-west-1", "us-west-2"
BEGAN = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
_ACCOUNT = "123456789012"
ADA = f"arn:aws:sts::{_ACCOUNT}:user/moto (for ada)"
"""Whom AWS sees behind the credentials of a test that names ada."""


class TwoRegions:
    """An AWS on loopback with the product's tables and state machines in both regions."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.silent: set[str] = set()
        self.refusals: dict[str, str] = {}
        self.asked: list[str] = []
        self.endpoint = ""
        self._over = threading.Event()
        self._moto = DomainDispatcherApplication(create_backend_app)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve until the block ends."""
        server = make_server("127.0.0.1", 0, self, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self.endpoint = f"http://127.0.0.1:{server.server_port}"
        try:
            yield
        finally:
            self._over.set()
            server.shutdown()
            server.server_close()
            thread.join(5)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One call: the region stands in the signature."""
        scope = environ.get("HTTP_AUTHORIZATION", "///").split("/")
        region, service = scope[2], scope[3]
        self.asked.append(f"{region} {service}")
        if region in self.silent:
            self._over.wait(60)
            return []
        code = self.refusals.get(f"{region} {service}") or self.refusals.get(region)
        if code is not None:
            body = json.dumps({"__type": code, "message": "because the test says so"}).encode()
            start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.0")])
            return [body]
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer

    # -- what there is ------------------------------------------------------------------------------------
    def deploy(self, region: str) -> None:
        """The table, and every state machine; put into moto without a call, which is faster."""
        names = ResourceNames(self.plan, region)
        keys = {"pk": "HASH", "sk": "RANGE"}
        dynamodb_backends[_ACCOUNT][region].create_table(
            names.table,
            schema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
            attr=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            throughput=None,
            global_indexes=[],
            indexes=[],
            streams=None,
            billing_mode="PAY_PER_REQUEST",
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )
        for process in processes():
            stepfunctions_backends[_ACCOUNT][region].create_state_machine(
                name=names.machine_name(process),
                definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
                roleArn=f"arn:aws:iam::{_ACCOUNT}:role/machine",
            )

    def system(self, region: str = OREGON) -> ControlState:
        """A region's system record, lease and pause."""
        return ControlState(self.table(region), self.plan.regions)

    def table(self, region: str = OREGON) -> Table:
        """A region's table."""
        return Table(ResourceNames(self.plan, region).table, region)

    def executions(self, region: str = OREGON) -> dict[str, Any]:
        """Inputs of the incidents started in a region, by name."""
        states, machine = client("stepfunctions", region), ResourceNames(self.plan, region).machine("incident_response")
        found = states.list_executions(stateMachineArn=machine)["executions"]
        return {
            one["name"]: json.loads(states.describe_execution(executionArn=one["executionArn"])["input"])
            for one in found
        }

    # -- what happens -------------------------------------------------------------------------------------
    def given_incident(self, name: str, *sentences: str, region: str = OREGON, ended: str | None = None) -> None:
        """An incident in ``region`` with these sentences; with ``ended`` its execution has this status."""
        self.given_signal(name, region=region, ended=ended)
        incident = Incident(
            id=name,
            epoch=1,
            region=region,
            lost_region=self.plan.regions.peer_of(region),
            opened_at=BEGAN,
            outage_start=BEGAN,
            databases=["bookings"],
            services=["assistant"],
        )
        signal = Signal("region", "route53", incident.lost_region, BEGAN)
        Incidents(self.table(region)).open(incident, signal, self.plan.digest())
        for number, sentence in enumerate(sentences):
            self.tell(name, number, sentence, region)

    def given_signal(self, name: str, *, region: str = OREGON, ended: str | None = None) -> None:
        """An execution of incident_response, and nothing in the table."""
        machine = ResourceNames(self.plan, region).machine("incident_response")
        client("stepfunctions", region).start_execution(stateMachineArn=machine, name=name, input="{}")
        if ended:
            self.end(name, ended, region)

    def tell(self, name: str, second: int, sentence: str, region: str = OREGON) -> None:
        """One sentence on the timeline."""
        at = BEGAN.replace(second=second)
        Incidents(self.table(region)).add_line(name, Line(at=at, step="Triage", sentence=sentence))

    def end(self, name: str, status: str, region: str = OREGON) -> None:
        """The execution ends; moto never ends one well by itself."""
        arn = ResourceNames(self.plan, region).execution("incident_response", name)
        stepfunctions_backends[_ACCOUNT][region].describe_execution(arn).status = status
