"""What becomes a breach, and what must not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lyo_dr.decisions.incident.findings import WAF_SEVERITY, breach_name, signal_of
from lyo_dr.errors import BadSignal
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan
from tests.unit.breaches import FINDING, INTRUDER, SECRET, a_finding
from tests.unit.builders import IRELAND, NOON, an_alarm

PLAN = lyo_plan()
ALARM = f"arn:aws:cloudwatch:{IRELAND}:123456789012:alarm:lyo-saas-waf-blocked"


def heard(event: Any, plan: Plan = PLAN) -> Signal:
    signal = signal_of(event, plan)
    assert isinstance(signal, Signal)
    return signal


def test_a_finding_becomes_a_signal_of_ids_only() -> None:
    signal = heard(a_finding())
    assert (signal.kind, signal.source, signal.region, signal.at) == ("breach", "guardduty", IRELAND, NOON)
    assert signal.breach is not None
    assert (signal.breach.finding, signal.breach.severity) == (FINDING, 8.0)
    assert (signal.breach.addresses, signal.breach.principals) == ([INTRUDER], ["lyo_app"])
    assert signal.breach.secrets == [SECRET], "the app's own user: then its secret is the one that leaked"


@pytest.mark.parametrize(
    ("service", "word"),
    [
        ({"archived": True}, "archived"),
        ({"archived": False, "additionalInfo": {"sample": True}}, "sample"),
        ({"archived": False, "additionalInfo": {"type": "default", "value": '{"sample":true}'}}, "sample"),
    ],
)
def test_an_archived_finding_and_a_sample_start_nothing_and_are_no_fault(service: dict[str, Any], word: str) -> None:
    said = signal_of(a_finding(service=service), PLAN)
    assert isinstance(said, str)
    assert word in said


def test_a_sample_is_known_by_its_title_too() -> None:
    assert "sample" in str(signal_of(a_finding(title="[SAMPLE] Unusual"), PLAN))


def test_the_twin_additional_information_that_is_no_json_is_no_sample() -> None:
    assert heard(a_finding(service={"archived": False, "additionalInfo": {"value": "{not json"}})).kind == "breach"


def test_the_same_finding_twice_has_one_name_and_a_graver_one_another() -> None:
    first, again = heard(a_finding()), heard(a_finding(updatedAt="2026-03-29T12:30:00Z"))
    graver = heard(a_finding(severity=9.5))
    assert breach_name(first) == breach_name(again)
    assert breach_name(first).endswith("-high")
    assert breach_name(graver).endswith("-critical")
    assert len(breach_name(first)) <= 80


USER = {"rdsDbUserDetails": {"user": "lyo_app"}}
SAME: dict[str, dict[str, Any]] = {
    "delivered again": {},
    "counted on": {"updatedAt": "2026-03-29T12:30:00Z", "service": {**a_finding()["detail"]["service"], "count": 7}},
    "said in other words": {"title": "Another title", "description": "x"},
    "as grave as before": {"severity": 8.9},
}
OTHER: dict[str, dict[str, Any]] = {
    "another user": {"resource": {"rdsDbUserDetails": {"user": "lyo_report"}}},
    "one user more": {"resource": {**USER, "accessKeyDetails": {"userName": "deploy"}}},
    "another access key": {"resource": {**USER, "accessKeyDetails": {"accessKeyId": "AKIA0000000000000001"}}},
    "no user at all": {"resource": {}},
    "an instance": {"resource": {**USER, "rdsDbInstanceDetails": {"dbInstanceIdentifier": "lyo-orders"}}},
    "a bucket": {"resource": {**USER, "s3BucketDetails": [{"name": "lyo-uploads"}]}},
    "another address": {"service": {"action": {"x": {"remoteIpDetails": {"ipAddressV4": "198.51.100.9"}}}}},
    "another finding": {"id": "00000000000000000000000000000000"},
    "graver": {"severity": 9.0},
}


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME.keys())
def test_an_update_that_concerns_nobody_and_nothing_else_is_a_copy(changes: dict[str, Any]) -> None:
    assert breach_name(heard(a_finding(**changes))) == breach_name(heard(a_finding()))


@pytest.mark.parametrize("changes", OTHER.values(), ids=OTHER.keys())
def test_a_finding_about_somebody_or_something_else_is_no_copy(changes: dict[str, Any]) -> None:
    assert breach_name(heard(a_finding(**changes))) != breach_name(heard(a_finding()))


def test_the_order_in_which_resources_are_named_makes_no_other_finding() -> None:
    buckets = [{"name": "lyo-uploads"}, {"name": "lyo-exports"}]
    first, second = (heard(a_finding(resource={"s3BucketDetails": order})) for order in (buckets, buckets[::-1]))
    assert first.breach is not None
    assert first.breach.resources == ["lyo-exports", "lyo-uploads"]
    assert breach_name(first) == breach_name(second)


@pytest.mark.parametrize("name", ["x;drop", "a\nb", "", 7, ["lyo-uploads"], "b" * 300])
def test_resources_that_are_no_names_are_left_out(name: Any) -> None:
    found = heard(a_finding(resource={"s3BucketDetails": [{"name": name}]})).breach
    assert found is not None
    assert found.resources == []


@pytest.mark.parametrize(
    ("action", "addresses"),
    [
        ({"awsApiCallAction": {"remoteIpDetails": {"ipAddressV4": "198.51.100.9"}}}, ["198.51.100.9"]),
        ({"networkConnectionAction": {"remoteIpDetails": {"ipAddressV6": "2001:db8::1"}}}, ["2001:db8::1"]),
        (
            {"portProbeAction": {"portProbeDetails": [{"remoteIpDetails": {"ipAddressV4": INTRUDER}}]}},
            [INTRUDER],
        ),
        ({"awsApiCallAction": {"remoteIpDetails": {"ipAddressV4": "0.0.0.0/0"}}}, []),
        ({"awsApiCallAction": {"remoteIpDetails": {"ipAddressV4": 7}}}, []),
        ({"awsApiCallAction": {"remoteIpDetails": {"ipAddressV6": "fe80::1%x;drop"}}}, []),
        ("nothing", []),
    ],
)
def test_addresses_are_taken_from_every_kind_of_action_where_they_are_addresses(
    action: Any, addresses: list[str]
) -> None:
    found = heard(a_finding(service={"archived": False, "action": action})).breach
    assert found is not None
    assert found.addresses == addresses


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": "high"},
        {"severity": True},
        {"severity": 11},
        {"id": "../../etc"},
        {"type": "x y"},
        {"updatedAt": "yesterday"},
        {"updatedAt": "2026-13-29T12:00:00Z"},
    ],
)
def test_fault_41_a_finding_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSignal):
        signal_of(a_finding(**changes), PLAN)


@pytest.mark.parametrize("changes", [{"account": "666666666666"}, {"region": "ap-south-1"}, {"detail-type": "Else"}])
def test_fault_41_a_finding_of_somebody_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSignal):
        signal_of({**a_finding(), **changes}, PLAN)


OTHERS: dict[str, dict[str, Any]] = {
    "a member's, seen by the administrator": {"accountId": "999988887777"},
    "of no account": {"accountId": None},
    "an account that is a number": {"accountId": 123456789012},
    "published in another region than it is about": {"region": "us-east-1"},
}


@pytest.mark.parametrize("changes", OTHERS.values(), ids=OTHERS.keys())
def test_e1_a_finding_about_another_account_or_region_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSignal, match="about another"):
        signal_of(a_finding(**changes), PLAN)


def test_e1_the_twin_a_finding_about_this_account_that_names_its_region_is_taken() -> None:
    assert heard(a_finding(accountId=PLAN.account, region=IRELAND)).kind == "breach"


LOCAL6, LOCAL4 = "2600:1f18:aaaa:bb00::17", "198.51.100.200"
CONNECTION = {"remoteIpDetails": {"ipAddressV4": INTRUDER}, "localIpDetails": {"ipAddressV6": LOCAL6}}
ENDS: dict[str, tuple[Any, list[str]]] = {
    "a dual-stack task": ({"networkConnectionAction": CONNECTION}, [INTRUDER]),
    "a public address of ours": (
        {"networkConnectionAction": {**CONNECTION, "localIpDetails": {"ipAddressV4": LOCAL4}}},
        [INTRUDER],
    ),
    "only our end": ({"networkConnectionAction": {"localIpDetails": {"ipAddressV4": LOCAL4}}}, []),
    "a probed port": (
        {
            "portProbeAction": {
                "portProbeDetails": [
                    {"localIpDetails": {"ipAddressV4": LOCAL4}, "remoteIpDetails": {"ipAddressV4": INTRUDER}}
                ]
            }
        },
        [INTRUDER],
    ),
    "we at both ends": (
        {
            "networkConnectionAction": {
                "remoteIpDetails": {"ipAddressV4": LOCAL4},
                "localIpDetails": {"ipAddressV4": LOCAL4},
            }
        },
        [],
    ),
    "ours, written as IPv6": (
        {
            "networkConnectionAction": {
                "remoteIpDetails": {"ipAddressV6": f"::ffff:{LOCAL4}"},
                "localIpDetails": {"ipAddressV4": LOCAL4},
            }
        },
        [],
    ),
    "an address outside both ends": ({"networkConnectionAction": {"ipAddressV4": LOCAL4}}, []),
    "the intruder's, written as IPv6": (
        {"awsApiCallAction": {"remoteIpDetails": {"ipAddressV6": f"::ffff:{INTRUDER}"}}},
        [INTRUDER],
    ),
}


@pytest.mark.parametrize(("action", "remote"), ENDS.values(), ids=ENDS.keys())
def test_e2_only_the_remote_end_of_a_connection_is_blocked(action: Any, remote: list[str]) -> None:
    found = heard(a_finding(service={"archived": False, "action": action})).breach
    assert found is not None
    assert found.addresses == remote


def test_e2_addresses_of_the_instance_concerned_are_not_blocked() -> None:
    interface = {"publicIp": LOCAL4, "privateIpAddress": "10.0.0.7", "ipv6Addresses": [LOCAL6]}
    details = [{"remoteIpDetails": {"ipAddressV4": each}} for each in (LOCAL4, INTRUDER)]
    details.append({"remoteIpDetails": {"ipAddressV6": LOCAL6}})
    event = a_finding(
        resource={"instanceDetails": {"instanceId": "i-1", "networkInterfaces": [interface]}},
        service={"archived": False, "action": {"portProbeAction": {"portProbeDetails": details}}},
    )
    found = heard(event).breach
    assert found is not None
    assert found.addresses == [INTRUDER]


WORDS = some.sampled_from(["detail", "service", "action", "severity", "remoteIpDetails", "ipAddressV4", "id"])
ANYTHING = some.recursive(
    some.none() | some.text(max_size=5) | some.integers(), lambda x: some.lists(x) | some.dictionaries(WORDS, x)
)


@given(ANYTHING)
def test_fault_41_whatever_a_finding_holds_it_is_refused_or_understood(detail: Any) -> None:
    try:
        signal_of({**a_finding(), "detail": detail}, PLAN)
    except BadSignal:
        return


def test_principals_that_are_no_names_are_left_out() -> None:
    found = heard(a_finding(resource={"accessKeyDetails": {"userName": "x;drop\n", "accessKeyId": "AKIA123"}})).breach
    assert found is not None
    assert found.principals == ["AKIA123"]
    assert found.secrets == []


def test_an_alarm_of_the_web_acl_is_told_and_no_more() -> None:
    signal = heard({**an_alarm(resources=[ALARM]), "region": IRELAND})
    assert (signal.kind, signal.source) == ("breach", "waf")
    assert signal.breach is not None
    assert signal.breach.severity == WAF_SEVERITY
    assert signal.breach.addresses == []


@pytest.mark.parametrize("alarm", [ALARM.replace("lyo-saas", "x"), ALARM.replace("123456789012", "666666666666")])
def test_another_alarm_is_none_of_ours(alarm: str) -> None:
    with pytest.raises(BadSignal):
        signal_of({**an_alarm(resources=[alarm]), "region": IRELAND}, PLAN)


def test_the_twin_an_alarm_of_a_region_is_no_breach() -> None:
    assert heard(an_alarm()).kind == "region"
