"""The plan: every rule broken once, all faults at once, and the committed file is valid."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan import plan_from_json
from lyo_dr.model.plan.file import PlanFaults, read_plan
from tests.plans import lyo_plan, plan_of_two, raw_plan, raw_plan_of_two
from tests.unit.builders import IRELAND, OREGON


def faults(raw: Any) -> list[str]:
    with pytest.raises(PlanFaults) as refusal:
        read_plan(raw)
    assert str(refusal.value) == "\n".join(refusal.value.faults)
    return refusal.value.faults


def test_the_committed_plan_is_valid() -> None:
    plan = lyo_plan()
    assert (plan.name, plan.regions.pair) == ("lyo", (IRELAND, OREGON))
    assert plan.database("bookings").instances[OREGON] == "lyo-saas-production-postgres-replica"


def test_a_second_database_and_service_are_valid() -> None:
    plan = plan_of_two()
    assert [database.name for database in plan.databases] == ["bookings", "archive"]
    assert plan.database("archive").backup_retention_days == 14
    assert plan.service("worker").places[OREGON].service == "lyo-saas-dr-worker"


def test_a_name_the_plan_does_not_hold_is_an_error() -> None:
    with pytest.raises(KeyError):
        lyo_plan().database("nope")
    with pytest.raises(KeyError):
        lyo_plan().service("nope")


@pytest.mark.parametrize("plan", [lyo_plan(), plan_of_two()], ids=["one", "two"])
def test_a_published_plan_reads_back_as_the_same_plan(plan: Any) -> None:
    again = plan_from_json(plan.to_json())
    assert again == plan
    assert again.to_json() == plan.to_json()
    assert again.digest() == plan.digest()


def test_the_digest_is_of_the_content_and_not_of_its_order() -> None:
    raw = raw_plan()
    backwards = {name: raw[name] for name in reversed(raw)}
    assert read_plan(backwards).digest() == read_plan(raw).digest()
    assert len(lyo_plan().digest()) == 12
    assert lyo_plan(objectives__rto="PT5H").digest() != lyo_plan().digest()
    assert lyo_plan(objectives__rto="PT240M").digest() == lyo_plan().digest()


def test_the_peer_of_a_region_is_the_other_one() -> None:
    regions = lyo_plan().regions
    assert (regions.peer_of(IRELAND), regions.peer_of(OREGON)) == (OREGON, IRELAND)


SHAPES: dict[str, tuple[dict[str, Any], str]] = {
    "a number for text": (
        {"account": 123456789012},
        ('account: a number where text belongs; write it in quotes: "123456789012"'),
    ),
    "no duration": (
        {"objectives__rto": "4 hours"},
        "objectives.rto: '4 hours' is no ISO 8601 duration; did you mean PT4H?",
    ),
    "an unknown word": (
        {"policy__failover": "maybe"},
        "policy.failover: 'maybe' is not known; write automatic or approve",
    ),
    "text for a truth": (
        {"databases__0__critical": "yes"},
        "databases[0].critical: 'yes' is text in YAML 1.2; write true",
    ),
    "text for a count": (
        {"services__0__desired": "two"},
        "services[0].desired: 'two' is no whole number; write a whole number",
    ),
    "a list for a mapping": (
        {"networks": []},
        "networks: a list where a mapping belongs; write a mapping",
    ),
    "a mapping for a list": (
        {"endpoints": {}},
        'endpoints: a mapping where a list belongs; begin each entry with "- "',
    ),
    "nothing": (
        {"traffic__name": None},
        "traffic.name: empty; write a DNS name such as api.example.com (DNS name that users know)",
    ),
    "a field nobody knows": (
        {"timing__pol": "PT1S"},
        "timing.pol: unknown key; did you mean 'poll'?",
    ),
}


@pytest.mark.parametrize(("changes", "fault"), SHAPES.values(), ids=SHAPES.keys())
def test_each_wrong_value_is_named_with_its_path_and_what_to_write(changes: dict[str, Any], fault: str) -> None:
    assert faults(raw_plan(**changes)) == [fault]


def test_a_missing_field_is_named_with_what_to_write() -> None:
    raw = raw_plan()
    del raw["objectives"]["rpo"]
    (fault,) = faults(raw)
    assert fault.startswith("objectives.rpo: missing; write an ISO 8601 duration such as PT15M (Recovery point obj")


@pytest.mark.parametrize("raw", [None, "", [], "text", 3])
def test_a_file_that_is_no_mapping_is_refused(raw: Any) -> None:
    assert faults(raw) == ["plan: the file is empty or not a mapping; start from the plan.yaml of the repository"]


NET: dict[str, Any] = {
    "vpc": "vpc-0a1b2c3d",
    "subnets": ["subnet-0a1b2c3d"],
    "security_groups": ["sg-0a1b2c3d"],
}
RULES: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({"name": "Lyo!"}, "name: 'Lyo!' becomes part of resource names; write 2 to 20 of a-z, 0-9 and single -"),
    "account": ({"account": "1234"}, "account: '1234' is not an AWS account; write one 12-digit number in quotes"),
    "region": (
        {"regions__neutral": "Frankfurt"},
        "regions.neutral: 'Frankfurt' is not a region; write a region such as eu-west-1",
    ),
    "three regions": (
        {"regions__neutral": IRELAND},
        "regions: primary, secondary and neutral must be three different regions",
    ),
    "networks": (
        {"networks": {IRELAND: NET}},
        "networks: given for eu-west-1; give it for eu-west-1 and us-west-2",
    ),
    "targets": (
        {"traffic__targets": {}},
        "traffic.targets: given for no region; give it for eu-west-1 and us-west-2",
    ),
    "instances": (
        {"databases__0__instances": {IRELAND: "a", "eu-south-1": "b"}},
        (
            "databases[0].instances: given for eu-south-1, eu-west-1; give it for eu-west-1 and us-west-2, or say how "
            "it recovers without a replica (way: restore or leave)"
        ),
    ),
    "no database": ({"databases": []}, "databases: empty; name at least one"),
    "no service": ({"services": []}, "services: empty; name at least one"),
    "no endpoint": ({"endpoints": []}, "endpoints: empty, so nothing says that assistant answers; name at least one"),
    "a name twice": (
        {"endpoints": [{"name": "a", "path": "/a"}, {"name": "a", "path": "/b"}]},
        "endpoints: the name 'a' is used twice; give each its own",
    ),
    "a name that fits no resource": (
        {"databases__0__name": "Book Ings"},
        "databases[0].name: 'Book Ings' becomes part of resource names; did you mean 'book-ings'?",
    ),
    "minimum above desired": (
        {"services__0__minimum": 3},
        "services[0]: minimum 3 and desired 2 do not fit; write 1 <= minimum <= desired",
    ),
    "minimum of none": (
        {"services__0__minimum": 0},
        "services[0]: minimum 0 and desired 2 do not fit; write 1 <= minimum <= desired",
    ),
    "no backups": (
        {"databases__0__backup_retention_days": 0},
        "databases[0].backup_retention_days: 0; write 1 to 35: RDS takes no other",
    ),
    "no web address": (
        {"services__0__places__us-west-2__url": "ftp://x"},
        "services[0].places.us-west-2.url: 'ftp://x' is not a web address; write one such as https://api.example.com",
    ),
    "a witness without region": (
        {"observers__witness": "https://dynamodb.eu-west-1.amazonaws.com/ping"},
        "observers.witness: {region} is missing from the address; it is asked in three regions",
    ),
    "url and name differ": (
        {"traffic__url": "https://www.example.com"},
        "traffic.url: does not lead to traffic.name; write https://api.lyo-booking.com",
    ),
    "two targets in one": (
        {
            "traffic__targets__us-west-2": {
                "load_balancer": "a.example.com",
                "hosted_zone": "Z1",
                "address": "192.0.2.1",
            }
        },
        (
            "traffic.targets.us-west-2: give either load_balancer with its hosted_zone, or cname, or address, "
            "so that the record has one place to lead to"
        ),
    ),
    "a target without its zone": (
        {"traffic__targets__us-west-2": {"load_balancer": "a.example.com"}},
        (
            "traffic.targets.us-west-2: give either load_balancer with its hosted_zone, or cname, or address, "
            "so that the record has one place to lead to"
        ),
    ),
    "an RTO that cannot be met": (
        {"objectives__rto": "PT1H"},
        (
            "objectives.rto: 1 h is less than the budgets of a failover allow (1 h 30 min = triage 5 min + fence 10 s "
            "+ promotion 45 min + switch 10 min + validation 3 x 10 min); lower budgets.promotion or raise the RTO"
        ),
    ),
    "a nervous watch": (
        {"timing__heartbeat_stale": "PT14S"},
        "timing.heartbeat_stale: shorter than three heartbeats would call a living database silent; raise it",
    ),
    "a probe shorter than the contract": (
        {"timing__probe_timeout": "PT2S"},
        "timing.probe_timeout: an app has two seconds to answer (docs/app-contract.md); write more than PT2S",
    ),
    "a poll of no time": (
        {"timing__poll": "PT0.2S"},
        "timing.poll: 0.2 s is too short; AWS Step Functions waits whole seconds, write PT1S or more",
    ),
    "less time for a cold database than for a warm one": (
        {"timing__cold_sql_timeout": "PT19S"},
        "timing.cold_sql_timeout: 19 s; write timing.sql_timeout (20 s) or more, PT4M at most",
    ),
    "a round of queries that outlives its function": (
        {"timing__cold_sql_timeout": "PT5M"},
        "timing.cold_sql_timeout: 5 min; write timing.sql_timeout (20 s) or more, PT4M at most",
    ),
    "a first reading of less than one round": (
        {"budgets__first_reading": "PT1M"},
        "budgets.first_reading: shorter than timing.cold_sql_timeout would end before one round does; lengthen it",
    ),
    "an agreement longer than triage": (
        {"policy__agreement": "PT5M"},
        "policy.agreement: not shorter than budgets.triage, so no look could ever be long enough; shorten it",
    ),
    "an agreement of two looks": (
        {"policy__agreement": "PT20S"},
        "policy.agreement: shorter than three looks of the watcher (timing.watch_every); lengthen it",
    ),
    "a lease that outlives the signals that wait for it": (
        {"budgets__lease": "PT16M"},
        "budgets.lease: longer than policy.signal_max_age, so long an alarm waits for dead work; shorten it",
    ),
    "no storage that would be too little": (
        {"databases__0__low_storage_gib": 0},
        "databases[0].low_storage_gib: 0; write more than 0",
    ),
    "a table that is no name": (
        {"databases__0__tables": [{"name": "Lyo; drop", "key": "id", "written_at": "at"}]},
        (
            "databases[0].tables[0].name: 'Lyo; drop' is not the name of an SQL object; "
            "put double quotes around what is no word"
        ),
    ),
    "a table with its database": (
        {"databases__0__tables": [{"name": "shop.sales.orders", "key": "id"}]},
        "databases[0].tables[0].name: 'shop.sales.orders' has 3 parts; write table or schema.table",
    ),
    "a table that is named twice": (
        {"databases__0__tables": [{"name": "orders", "key": "id"}, {"name": 'public."orders"', "key": "id"}]},
        'databases[0].tables[1].name: public."orders" is the table of databases[0].tables[0], too; name it once',
    ),
    "a column with its table": (
        {"databases__0__tables": [{"name": "orders", "key": "orders.id"}]},
        "databases[0].tables[0].key: 'orders.id' is more than the name of one column",
    ),
    "a key without a column": (
        {"databases__0__tables": [{"name": "orders", "key": []}]},
        "databases[0].tables[0].key: name each column of the key once",
    ),
    "a name PostgreSQL would cut": (
        {"databases__0__tables": [{"name": "orders", "key": "id", "written_at": "a" * 64}]},
        f"databases[0].tables[0].written_at: '{'a' * 64}' is longer than the 63 bytes PostgreSQL keeps of a name",
    ),
    "a role that is none": (
        {"databases__0__app_roles": ["app, admin"]},
        "databases[0].app_roles: 'app, admin' is no user's name; use up to 63 of letters, digits, _, $, ., @ and -",
    ),
    "reading only without users": (
        {"databases__0__app_roles": [], "databases__0__restore": {"stop": "read_only"}},
        "databases[0].restore.stop: read_only needs app_roles, the users that are to read only",
    ),
    "a maintenance that ends first": (
        {
            "policy__maintenance": [
                {"begins": "2026-12-01T03:00:00Z", "ends": "2026-12-01T01:00:00Z", "why": "a new version"}
            ]
        },
        "policy.maintenance[0]: ends before it begins; exchange the two",
    ),
    "a fence of no time": (
        {"budgets__fence": "PT0.5S"},
        "budgets.fence: 0.5 s is too short; AWS Step Functions waits whole seconds, write PT1S or more",
    ),
}


@pytest.mark.parametrize(("changes", "fault"), RULES.values(), ids=RULES.keys())
def test_each_rule_broken_alone_is_named_alone(changes: dict[str, Any], fault: str) -> None:
    assert faults(raw_plan(**changes)) == [fault]


def test_the_second_service_is_held_to_the_same_rules() -> None:
    raw = raw_plan_of_two()
    raw["services"][1]["minimum"] = 9
    del raw["databases"][1]["instances"][IRELAND]
    assert faults(raw) == [
        (
            "databases[1].instances: given for us-west-2; give it for eu-west-1 and us-west-2, or say how it recovers "
            "without a replica (way: restore or leave)"
        ),
        "services[1]: minimum 9 and desired 4 do not fit; write 1 <= minimum <= desired",
    ]


def test_the_control_planes_region_is_no_place_to_recover_in() -> None:
    moved = raw_plan(regions__secondary="us-east-1")
    assert "regions: us-east-1 holds the control planes of Route 53 and IAM; choose another region to recover in" in (
        faults(moved)
    )


def test_all_broken_rules_are_named_at_once() -> None:
    named = faults(raw_plan(name="!", account="1", services__0__minimum=0, timing__poll="PT0.1S", endpoints=[]))
    assert [fault.split(":")[0] for fault in named] == ["name", "account", "endpoints", "services[0]", "timing.poll"]


def test_all_wrong_shapes_are_named_at_once() -> None:
    named = faults(raw_plan(account=1, objectives__rto="soon", colour="blue", databases__0__critical="no"))
    assert [fault.split(":")[0] for fault in named] == [
        "account",
        "objectives.rto",
        "databases[0].critical",
        "colour",
    ]


@pytest.mark.parametrize("address", [{"address": "192.0.2.1"}, {"load_balancer": "a.example.com", "hosted_zone": "Z1"}])
def test_one_place_to_lead_to_is_enough(address: dict[str, str]) -> None:
    assert lyo_plan(**{"traffic__targets__us-west-2": address})


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("shop.cluster-c9akciq32.eu-west-1.rds.amazonaws.com", "the endpoint of an Aurora cluster"),
        ("arn:aws:rds:eu-west-1:123456789012:cluster:shop", "an Aurora cluster"),
        ("shop.proxy-c9akciq32.eu-west-1.rds.amazonaws.com", "the endpoint of an RDS Proxy"),
    ],
)
def test_what_is_not_recovered_is_refused_by_its_name(name: str, what: str) -> None:
    (fault,) = faults(raw_plan(databases__0__instances={IRELAND: name, OREGON: "shop-replica"}))
    assert fault == (
        f"databases[0].instances.eu-west-1: {name!r} is {what}, which is not recovered (docs/limits.md); "
        "write the id of an RDS instance"
    )


def test_what_follows_from_a_fault_is_not_named() -> None:
    assert faults(raw_plan(regions__secondary=IRELAND)) == [
        "regions: primary, secondary and neutral must be three different regions"
    ]
    assert faults(raw_plan(budgets__promotion="-PT45M")) == [
        "budgets.promotion: -45 min is no duration; write more than 0, such as PT15M"
    ]


def test_a_fault_of_a_value_hides_no_rule_about_something_else() -> None:
    named = faults(raw_plan(account="12", objectives__rto="PT1H"))
    assert [fault.split(":")[0] for fault in named] == ["account", "objectives.rto"]
