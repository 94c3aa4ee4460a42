"""What RDS and ECS list comes in pages of their sizes and in no order, and a token outlives what happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.rds.responses import RDSResponse

from local_aws.data_plane import pages
from tests.local_aws.data_plane.data_plane_world import World

REGION = "eu-north-1"


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto in this process, with the patch and without our servers; the patch ends with the test."""
    for answers, listings in ((RDSResponse, pages.RDS), (EC2ContainerServiceResponse, pages.ECS)):
        for listing in listings:
            monkeypatch.setattr(answers, listing.call, getattr(answers, listing.call))
    pages.apply()
    with mock_aws():
        yield


def client_of_moto() -> Any:
    return boto3.client("rds", REGION, aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def rds(paged: None) -> Any:
    client = client_of_moto()
    for number in range(21):
        client.create_db_instance(
            DBInstanceIdentifier=f"i{number:02}", DBInstanceClass="db.t4g.micro", Engine="postgres"
        )
    return client


def names(answer: dict[str, Any]) -> list[str]:
    return [instance["DBInstanceIdentifier"] for instance in answer["DBInstances"]]


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def test_r3_instances_are_listed_in_pages_and_in_no_order(rds: Any) -> None:
    first = rds.describe_db_instances(MaxRecords=20)
    last = rds.describe_db_instances(MaxRecords=20, Marker=first["Marker"])
    assert (len(names(first)), len(names(last)), "Marker" in last) == (20, 1, False)
    told = names(first) + names(last)
    assert set(told) == {f"i{number:02}" for number in range(21)}
    assert told != sorted(told)


def test_r3_all_of_what_fits_on_a_page_is_on_one(rds: Any) -> None:
    whole = rds.describe_db_instances()
    assert (len(names(whole)), "Marker" in whole) == (21, False)
    one = rds.describe_db_instances(DBInstanceIdentifier="i03")
    assert (names(one), "Marker" in one) == (["i03"], False)


def test_r3_what_is_deleted_between_two_pages_hides_nothing(rds: Any) -> None:
    first = rds.describe_db_instances(MaxRecords=20)
    for name in names(first)[:3]:
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    last = rds.describe_db_instances(MaxRecords=20, Marker=first["Marker"])
    assert set(names(first) + names(last)) == {f"i{number:02}" for number in range(21)}


@pytest.mark.parametrize("asked", [{"MaxRecords": 19}, {"MaxRecords": 101}, {"Marker": "2"}])
def test_r3_rds_refuses_a_page_of_another_size_and_a_marker_it_did_not_give(paged: None, asked: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refused:
        client_of_moto().describe_db_instances(**asked)
    assert code(refused) == "InvalidParameterValue"


def test_r3_services_are_listed_ten_at_a_time(world: World) -> None:
    ecs = world.client("ecs", REGION)
    ecs.create_cluster(clusterName="wide")
    container = {"name": "app", "image": "lyo/booking:1", "memory": 128}
    ecs.register_task_definition(family="wide", containerDefinitions=[container])
    for number in range(12):
        ecs.create_service(cluster="wide", serviceName=f"s{number}", taskDefinition="wide", desiredCount=0)
    first = ecs.list_services(cluster="wide")
    last = ecs.list_services(cluster="wide", nextToken=first["nextToken"])
    assert (len(first["serviceArns"]), len(last["serviceArns"]), "nextToken" in last) == (10, 2, False)
    assert len({*first["serviceArns"], *last["serviceArns"]}) == 12
    for asked in ({"maxResults": 0}, {"maxResults": 101}, {"nextToken": "2"}):
        with pytest.raises(ClientError) as refused:
            ecs.list_services(cluster="wide", **asked)
        assert code(refused) == "InvalidParameterException"


def test_r3_tasks_are_listed_a_hundred_at_a_time() -> None:
    arns = [f"arn:aws:ecs:{REGION}:000000000000:task/wide/{number}" for number in range(101)]
    listing = next(listing for listing in pages.ECS if listing.call == "list_tasks")
    first, token = pages.page(arns, listing.name, listing.size)
    assert token is not None
    last, end = pages.page(arns, listing.name, listing.size, token)
    assert (len(first), len(last), end) == (100, 1, None)
    assert set(first + last) == set(arns)
