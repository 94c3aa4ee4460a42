"""Route 53's control plane: what becomes of a change, what it refuses, and a zone that keeps its id."""

from typing import Any

import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import EAST, eventually, unique


@pytest.fixture
def route53(aws: LocalAws) -> Any:
    return aws.client("route53", EAST)


def _zone(route53: Any) -> str:
    zone = route53.create_hosted_zone(Name=f"{unique('zone')}.test", CallerReference=unique("ref"))["HostedZone"]
    return str(zone["Id"]).removeprefix("/hostedzone/")


def _check(route53: Any) -> str:
    config = {"Type": "HTTP", "FullyQualifiedDomainName": "example.test"}
    return str(
        route53.create_health_check(CallerReference=unique("check"), HealthCheckConfig=config)["HealthCheck"]["Id"]
    )


def _record(**fields: Any) -> dict[str, Any]:
    return {"Name": "api.test", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "127.0.0.1"}], **fields}


def _failover(role: str, **fields: Any) -> dict[str, Any]:
    return _record(SetIdentifier=role, Failover=role, **fields)


def _change(route53: Any, zone: str, *records: dict[str, Any], action: str = "UPSERT") -> str:
    """Ask for the change of records; the id of the change."""
    changes = [{"Action": action, "ResourceRecordSet": record} for record in records]
    answer = route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return str(answer["ChangeInfo"]["Id"])


def _status(route53: Any, change: str) -> str:
    return str(route53.get_change(Id=change)["ChangeInfo"]["Status"])


def _addresses(route53: Any, zone: str) -> list[dict[str, Any]]:
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [record for record in found if record["Type"] == "A"]


def test_a_change_is_pending_while_it_spreads_and_in_sync_afterwards_asked_or_not(route53: Any) -> None:
    zone = _zone(route53)
    never_asked, asked = _change(route53, zone, _record()), _change(route53, zone, _record(TTL=30))
    assert [_status(route53, asked) for _ in range(3)] == ["PENDING"] * 3
    assert eventually(lambda: _status(route53, asked) == "INSYNC")
    assert _status(route53, never_asked) == "INSYNC"


def test_a_change_nobody_knows_is_refused(route53: Any) -> None:
    with pytest.raises(route53.exceptions.NoSuchChange):
        route53.get_change(Id="C0UNKNOWN")


@pytest.mark.parametrize("action", ["CREATE", "UPSERT"])
def test_a_record_on_a_health_check_nobody_knows_is_refused_with_all_of_its_batch(route53: Any, action: str) -> None:
    zone = _zone(route53)
    orphan = _failover("PRIMARY", HealthCheckId="00000000-0000-0000-0000-000000000000")
    with pytest.raises(route53.exceptions.NoSuchHealthCheck):
        _change(route53, zone, _record(Name="other.test"), orphan, action=action)
    assert _addresses(route53, zone) == []


def test_a_record_on_a_health_check_that_exists_is_taken_and_outlives_it(route53: Any) -> None:
    zone, check = _zone(route53), _check(route53)
    primary = _failover("PRIMARY", HealthCheckId=check)
    _change(route53, zone, primary, _failover("SECONDARY"))
    assert [record.get("HealthCheckId") for record in _addresses(route53, zone)] == [check, None]
    route53.delete_health_check(HealthCheckId=check)
    _change(route53, zone, primary, action="DELETE")
    assert [record["SetIdentifier"] for record in _addresses(route53, zone)] == ["SECONDARY"]


def test_a_failover_primary_without_a_health_check_is_refused_unless_it_is_an_alias(route53: Any) -> None:
    zone = _zone(route53)
    with pytest.raises(route53.exceptions.InvalidChangeBatch, match="must have an associated health check"):
        _change(route53, zone, _failover("PRIMARY"))
    target = {"HostedZoneId": "Z32O12XQLNTSW2", "DNSName": "front.elb.amazonaws.com", "EvaluateTargetHealth": True}
    alias = {"Name": "api.test", "Type": "A", "SetIdentifier": "p", "Failover": "PRIMARY", "AliasTarget": target}
    _change(route53, zone, alias)
    assert len(_addresses(route53, zone)) == 1


def test_a_change_in_a_zone_nobody_knows_is_refused_for_the_zone(route53: Any) -> None:
    with pytest.raises(route53.exceptions.NoSuchHostedZone):
        _change(route53, "Z0UNKNOWN", _failover("PRIMARY", HealthCheckId="unknown"))


def test_a_zone_can_exist_under_the_id_that_is_asked_for(route53: Any) -> None:
    wanted = unique("z").replace("-", "").upper()
    made = route53.create_hosted_zone(Name="named.test", CallerReference=f"id:{wanted}")["HostedZone"]
    assert made["Id"] == f"/hostedzone/{wanted}"
    _change(route53, wanted, _record(Name="api.named.test"))
    assert [record["Name"] for record in _addresses(route53, wanted)] == ["api.named.test."]


def test_any_other_zone_gets_an_id_in_the_shape_of_aws(route53: Any) -> None:
    ids = {_zone(route53) for _ in range(3)}
    assert len(ids) == 3
    assert all(each.startswith("Z") and each.isalnum() and each.isupper() and 10 < len(each) <= 32 for each in ids)


def test_a_health_check_nobody_knows_is_not_found_by_any_operation(route53: Any) -> None:
    unknown = "11111111-2222-3333-4444-555555555555"
    operations: tuple[tuple[Any, dict[str, bool]], ...] = (
        (route53.get_health_check, {}),
        (route53.update_health_check, {"Inverted": True}),
        (route53.delete_health_check, {}),
    )
    for operation, more in operations:
        with pytest.raises(route53.exceptions.NoSuchHealthCheck):
            operation(HealthCheckId=unknown, **more)


def test_each_change_of_a_health_check_gives_it_its_next_version(route53: Any) -> None:
    check = _check(route53)
    versions = [route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckVersion"]]
    for inverted in (True, False):
        changed = route53.update_health_check(HealthCheckId=check, HealthCheckVersion=versions[-1], Inverted=inverted)
        versions.append(changed["HealthCheck"]["HealthCheckVersion"])
    assert versions == [1, 2, 3]
