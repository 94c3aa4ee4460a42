"""The words in which the tests of the data host are written."""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import boto3
import psycopg
from botocore.config import Config

from local_aws.data_plane.host import DataHost
from local_aws.data_plane.processes import wait_until

ACCOUNT = "000000000000"
MASTER, PASSWORD, DATABASE = "lyoadmin", "correct-horse", "bookings"
IMAGES = {"lyo/booking": (sys.executable, "-m", "drills.booking_app")}
SCHEMA = Path(__file__).resolve().parents[3] / "drills" / "booking_app" / "schema.sql"
T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """What a test does to the data host and what it sees there."""

    host: DataHost

    def client(self, service: str, region: str, attempts: int = 3) -> Any:
        """An AWS client; making one takes long, so they are kept."""
        return _client(self.host.url, service, region, attempts)

    def instance(self, region: str, identifier: str) -> dict[str, Any]:
        """A database as RDS describes it."""
        found = self.client("rds", region).describe_db_instances(DBInstanceIdentifier=identifier)
        instance: dict[str, Any] = found["DBInstances"][0]
        return instance

    def available(self, region: str, identifier: str) -> list[str]:
        """Wait until an instance is available; the statuses seen on the way."""
        seen: list[str] = []

        def done() -> bool:
            status = self.instance(region, identifier)["DBInstanceStatus"]
            if seen[-1:] != [status]:
                seen.append(status)
            return status in {"available", "failed"}

        wait_until(done, 30, f"{identifier} becoming available")
        assert seen[-1] == "available", seen
        return seen

    def gone(self, region: str, identifier: str) -> None:
        """Wait until RDS knows an instance no more."""

        def done() -> bool:
            found = self.client("rds", region).describe_db_instances()["DBInstances"]
            return identifier not in {instance["DBInstanceIdentifier"] for instance in found}

        wait_until(done, 15, f"the end of {identifier}")

    def given_database(self, region: str, identifier: str, retention: int = 7, **more: Any) -> list[str]:
        """A new primary; the statuses seen on the way."""
        self.client("rds", region).create_db_instance(
            DBInstanceIdentifier=identifier,
            DBInstanceClass="db.t4g.medium",
            Engine="postgres",
            EngineVersion="18.6",
            AllocatedStorage=20,
            MasterUsername=MASTER,
            MasterUserPassword=PASSWORD,
            DBName=DATABASE,
            BackupRetentionPeriod=retention,
            **more,
        )
        return self.available(region, identifier)

    def given_group(self, region: str, name: str, **parameters: str) -> str:
        """A parameter group of its own, with static parameters; its name."""
        rds = self.client("rds", region)
        rds.create_db_parameter_group(
            DBParameterGroupName=name, DBParameterGroupFamily="postgres18", Description="for tests"
        )
        if parameters:
            chosen = [
                {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
                for key, value in parameters.items()
            ]
            rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=chosen)
        return name

    def given_replica(self, region: str, identifier: str, source_region: str, source: str) -> list[str]:
        """A new replica; the statuses seen on the way."""
        arn = f"arn:aws:rds:{source_region}:{ACCOUNT}:db:{source}"
        client = self.client("rds", region)
        client.create_db_instance_read_replica(DBInstanceIdentifier=identifier, SourceDBInstanceIdentifier=arn)
        return self.available(region, identifier)

    def given_schema(self, region: str, identifier: str) -> None:
        """The tables of the booking app."""
        with self.sql(region, identifier) as connection:
            connection.execute(SCHEMA.read_bytes())

    def sql(self, region: str, identifier: str) -> "psycopg.Connection[Any]":
        """A connection as the master user."""
        return psycopg.connect(self.database_url(region, identifier), autocommit=True, connect_timeout=3)

    def database_url(self, region: str, identifier: str) -> str:
        """The address of a database with the master user's login."""
        endpoint = self.instance(region, identifier)["Endpoint"]
        return f"postgresql://{MASTER}:{PASSWORD}@{endpoint['Address']}:{endpoint['Port']}/{DATABASE}"

    def given_app(self, region: str, name: str, url: str, desired: int) -> None:
        """A cluster, an app secret, a task definition and a service, all called ``name``."""
        text = json.dumps({"DATABASE_URL": url})
        arn = self.client("secretsmanager", region).create_secret(Name=name, SecretString=text)["ARN"]
        ecs = self.client("ecs", region)
        ecs.create_cluster(clusterName=name)
        container = {
            "name": "app",
            "image": "lyo/booking:1",
            "memory": 128,
            "environment": [{"name": "APP_VERSION", "value": "1.2.3"}],
            "secrets": [{"name": "DATABASE_URL", "valueFrom": f"{arn}:DATABASE_URL::"}],
        }
        fargate = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
        ecs.register_task_definition(family=name, containerDefinitions=[container], **fargate)
        network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}
        ecs.create_service(
            cluster=name,
            serviceName=name,
            taskDefinition=name,
            desiredCount=desired,
            launchType="FARGATE",
            networkConfiguration=network,
        )

    def service(self, region: str, name: str) -> dict[str, Any]:
        """A service as ECS describes it."""
        found = self.client("ecs", region).describe_services(cluster=name, services=[name])
        service: dict[str, Any] = found["services"][0]
        return service

    def runs(self, region: str, name: str, tasks: int) -> None:
        """Wait until so many tasks of a service run and none is pending."""

        def done() -> bool:
            service = self.service(region, name)
            return (service["runningCount"], service["pendingCount"]) == (tasks, 0)

        wait_until(done, 15, f"{tasks} running tasks of {name}", every=0.1)

    def processes(self, region: str, name: str) -> list[dict[str, Any]]:
        """The running tasks of a service as processes: arn, status, port, pid."""
        services = self.host.state()["services"]
        return next(s["tasks"] for s in services if (s["region"], s["service"]) == (region, name))


@cache
def _client(url: str, service: str, region: str, attempts: int) -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="unused",
        config=Config(retries={"total_max_attempts": attempts}),
    )


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: dict[str, Any]


def ask(url: str, body: dict[str, Any] | bytes | None = None, seconds: float = 5) -> Reply:
    """GET, or POST a body as JSON; status 0 when nobody answers."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=seconds) as answer:  # noqa: S310
            return Reply(answer.status, json.load(answer))
    except urllib.error.HTTPError as refusal:
        return Reply(refusal.code, _json(refusal.read()))
    except OSError:
        return Reply(0, {})


def booking() -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "customer": "Ada", "slot": "2030-01-01T10:00Z"}


def eventually(question: Callable[[], T], accepts: Callable[[T], bool], seconds: float = 10) -> T:
    """Ask until the answer is accepted; the last answer in any case."""
    end = time.monotonic() + seconds
    answer = question()
    while not accepts(answer) and time.monotonic() < end:
        time.sleep(0.05)
        answer = question()
    return answer


def _json(content: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(content)
        return found
    except ValueError:
        return {}
