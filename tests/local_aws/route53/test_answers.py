"""What a name resolves to: failover, alias, CNAME, and names that do not exist."""

from collections.abc import Collection

import pytest

from local_aws.route53.answers import Answer, Code, Directory, Line
from local_aws.route53.model import RecordSet, Zone
from tests.local_aws.route53.fake_control_plane import API, PRIMARY, SECONDARY, failover_pair

BALANCER = "lyo-saas-dr-1234567890.us-west-2.elb.amazonaws.com"


def answer(records: list[RecordSet], name: str = API, kind: str = "A", unhealthy: Collection[str] = ()) -> Answer:
    zone = Zone("lyo-booking.com", tuple(records))
    return Directory([zone], {BALANCER: SECONDARY}, lambda check: check not in unhealthy).answer(name, kind)


def addresses(found: Answer) -> list[str]:
    return [line.value for line in found.lines if line.kind == "A"]


@pytest.mark.parametrize(
    ("unhealthy", "expected"),
    [
        ([], PRIMARY),
        (["s"], PRIMARY),
        (["p"], SECONDARY),
        (["p", "s"], PRIMARY),  # all unhealthy: all count as healthy
    ],
)
def test_failover_answers_the_primary_unless_only_the_secondary_is_healthy(unhealthy: list[str], expected: str) -> None:
    found = answer(failover_pair(), unhealthy=unhealthy)
    assert found == Answer(Code.NOERROR, (Line(API, 60, "A", expected),))


def test_a_record_without_a_health_check_is_always_healthy() -> None:
    records = [
        RecordSet(API, "A", (PRIMARY,), routing="failover", failover="PRIMARY"),
        RecordSet(API, "A", (SECONDARY,), routing="failover", failover="SECONDARY"),
    ]
    assert addresses(answer(records, unhealthy=["p"])) == [PRIMARY]


def test_a_simple_record_answers_all_its_values_whatever_its_health() -> None:
    records = [RecordSet(API, "A", (PRIMARY, SECONDARY), 30, health_check="p")]
    assert addresses(answer(records, unhealthy=["p"])) == [PRIMARY, SECONDARY]


def test_an_alias_to_a_load_balancer_answers_its_address_with_60_seconds() -> None:
    records = [RecordSet(API, "A", alias=f"dualstack.{BALANCER}", ttl=0)]
    assert answer(records).lines == (Line(API, 60, "A", SECONDARY),)


def test_an_alias_to_an_unknown_load_balancer_has_no_address_and_no_error() -> None:
    assert answer([RecordSet(API, "A", alias="gone.eu-west-1.elb.amazonaws.com")]) == Answer(Code.NOERROR)


def test_an_alias_within_the_zone_takes_the_ttl_and_the_health_of_its_target() -> None:
    target = RecordSet(
        "a.lyo-booking.com", "A", (PRIMARY,), 20, routing="failover", failover="PRIMARY", health_check="p"
    )
    records = [
        target,
        RecordSet(API, "A", alias=target.name, evaluate_target=True, routing="failover", failover="PRIMARY"),
        RecordSet(API, "A", (SECONDARY,), 60, routing="failover", failover="SECONDARY"),
    ]
    assert answer(records).lines == (Line(API, 20, "A", PRIMARY),)
    assert addresses(answer(records, unhealthy=["p"])) == [SECONDARY]


def test_a_cname_is_answered_with_what_it_points_at() -> None:
    records = [RecordSet("www.lyo-booking.com", "CNAME", (API + ".",), 300), *failover_pair()]
    found = answer(records, "www.lyo-booking.com")
    assert [line.kind for line in found.lines] == ["CNAME", "A"]
    assert addresses(found) == [PRIMARY]


def test_aliases_that_point_at_each_other_are_a_failure_not_an_endless_loop() -> None:
    records = [RecordSet("a.lyo-booking.com", "A", alias=API), RecordSet(API, "A", alias="a.lyo-booking.com")]
    assert answer(records).code is Code.SERVFAIL


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("API.Lyo-Booking.com.", "AAAA", Code.NOERROR),  # the name exists, the type does not
        ("nothing.lyo-booking.com", "A", Code.NXDOMAIN),
        ("example.org", "A", Code.NXDOMAIN),
        ("lyo-booking.com", "A", Code.NOERROR),  # nothing of its own, but names below it
    ],
)
def test_names_without_an_answer(name: str, kind: str, code: Code) -> None:
    assert answer(failover_pair(), name, kind) == Answer(code)


def test_a_load_balancer_can_be_asked_by_its_own_name() -> None:
    assert addresses(answer([], BALANCER.upper())) == [SECONDARY]


def test_a_routing_policy_that_is_not_played_is_never_guessed() -> None:
    assert answer([RecordSet(API, "A", (PRIMARY,), routing="weighted")]).code is Code.SERVFAIL


def test_the_closest_zone_answers() -> None:
    inner = Zone("api.lyo-booking.com", (RecordSet(API, "A", (SECONDARY,)),))
    outer = Zone("lyo-booking.com", (RecordSet(API, "A", (PRIMARY,)),))
    found = Directory([outer, inner], {}, lambda _: True).answer(API, "A")
    assert addresses(found) == [SECONDARY]
