"""Plans at random, built from the model: each optional part there or not, names and lists of every length."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

PAIR = ("eu-central-1", "ap-southeast-2")
_NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,29}", fullmatch=True)
_INSTANCES = st.from_regex(r"[a-z](-?[a-z0-9]){0,40}", fullmatch=True)
_ECS = st.from_regex(r"[A-Za-z0-9_-]{1,60}", fullmatch=True)
_SECRETS = st.from_regex(r"[A-Za-z0-9/_+=.@-]{1,80}", fullmatch=True)
_KEYS = st.from_regex(r"[A-Z][A-Z0-9_]{0,20}", fullmatch=True)
_SQL = st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True)
_HEX = "0123456789abcdef"


def _id(kind: str) -> st.SearchStrategy[str]:
    return st.text(_HEX, min_size=17, max_size=17).map(lambda text: f"{kind}-{text}")


def _by_region(part: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict.fromkeys(PAIR, part))


def _network() -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {
            "vpc": _id("vpc"),
            "subnets": st.lists(_id("subnet"), min_size=1, max_size=4, unique=True),
            "security_groups": st.lists(_id("sg"), min_size=1, max_size=3, unique=True),
        }
    )


@st.composite
def _databases(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(_NAMES, min_size=1, max_size=6, unique=True))
    instances = draw(st.lists(_INSTANCES, min_size=4 * len(names), max_size=4 * len(names), unique=True))
    found = [draw(_database(name, instances[4 * index : 4 * index + 4])) for index, name in enumerate(names)]
    ways = [
        draw(st.sampled_from(["promote", "promote", "restore", "leave" if index else "restore"]))
        for index in range(len(names))
    ]
    return [each if way == "promote" else _alone(each, way) for each, way in zip(found, ways, strict=True)]


def _alone(database: dict[str, Any], way: str) -> dict[str, Any]:
    """The same without a replica: restored, or left."""
    words: dict[str, Any] = {"way": way, "instances": {PAIR[0]: database["instances"][PAIR[0]]}}
    if way == "restore":
        words["restore_as"] = {
            "instance": database["instances"][PAIR[1]],
            "subnet_group": "databases",
            "security_groups": ["sg-0a1b2c3d"],
            "parameter_group": "postgres18",
        }
    else:
        words["critical"] = False
    left_out = {name: value for name, value in database.items() if name != "restore"}
    return {**left_out, **words}


def _database(name: str, instances: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    tables = st.lists(st.fixed_dictionaries({"name": _SQL, "key": _SQL, "written_at": _SQL}), max_size=3)
    checks = st.lists(_NAMES, max_size=3, unique=True).map(
        lambda found: [{"name": each, "expect": "zero", "sql": "select count(*) from a"} for each in found]
    )
    delayed = {"instances": dict(zip(PAIR, instances[2:], strict=True)), "delay": "PT1H"}
    return st.fixed_dictionaries(
        {"name": st.just(name), "instances": st.just(dict(zip(PAIR, instances[:2], strict=True)))},
        optional={
            "critical": st.booleans(),
            "multi_az": st.booleans(),
            "backup_retention_days": st.integers(1, 35),
            "app_roles": st.lists(_SQL, max_size=2, unique=True),
            "tables": tables,
            "integrity": checks,
            "restore": st.fixed_dictionaries(
                {}, optional={"start": st.sampled_from(["approve", "automatic"]), "delayed": st.just(delayed)}
            ),
        },
    )


@st.composite
def _services(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(_NAMES, min_size=1, max_size=6, unique=True))
    where = st.lists(st.tuples(_ECS, _ECS), min_size=2 * len(names), max_size=2 * len(names), unique=True)
    places = iter(draw(where))
    return [
        {
            "name": name,
            "desired": draw(st.integers(1, 500)),
            "places": {
                region: {"cluster": cluster, "service": service, "url": f"https://{region}.example.com"}
                for region, (cluster, service) in zip(PAIR, places, strict=False)
            },
        }
        for name in names
    ]


@st.composite
def _secrets(draw: st.DrawFn, databases: list[str]) -> list[dict[str, Any]]:
    """One with a login at least: without any there is nothing yet that leads users to a restored database."""
    names = draw(st.lists(_SECRETS, min_size=1, max_size=5, unique=True))
    return [
        {
            "name": name,
            "keys": ["DATABASE_URL", "FOLLOWED", *draw(st.lists(_KEYS, max_size=4, unique=True))],
            "database": draw(st.sampled_from(databases)),
            "issued": draw(st.sampled_from([[], [_issued("OPENAI_KEY")]])),
            "follow": draw(st.sampled_from([None, {"keys": ["FOLLOWED"]}])),
            "names": draw(st.sampled_from([{}, {region: f"{index}-{region}" for region in PAIR}])),
        }
        for index, name in enumerate(names)
    ]


def _issued(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "issuer": "OpenAI",
        "create": "there",
        "revoke": "there",
        "test": {"url": "https://issuer.example.com"},
    }


@st.composite
def raw_plans(draw: st.DrawFn) -> dict[str, Any]:
    """The raw mapping of a plan; nearly all of them can be used."""
    databases, services = draw(_databases()), draw(_services())
    secrets = draw(_secrets([database["name"] for database in databases]))
    for secret in secrets:
        secret["keys"] = sorted({*secret["keys"], *(each["key"] for each in secret["issued"])})
    plan: dict[str, Any] = {
        "name": draw(st.from_regex(r"[a-z][a-z0-9-]{1,19}", fullmatch=True)),
        "account": draw(st.text("0123456789", min_size=12, max_size=12)),
        "objectives": {"rto": "PT4H", "rpo": "PT15M", "availability_percent": 99.9, "mttr": "PT2H"},
        "regions": {"primary": PAIR[0], "secondary": PAIR[1], "neutral": "eu-north-1"},
        "networks": draw(_by_region(_network())),
        "databases": databases,
        "services": services,
        "secrets": secrets,
        "traffic": {
            "name": "api.example.com",
            "url": "https://api.example.com",
            "hosted_zone": "Z0123456789EXAMPLE00",
            "strategy": draw(st.sampled_from(["latch", "record"])),
            "targets": {PAIR[0]: {"address": "192.0.2.1"}, PAIR[1]: {"address": "192.0.2.2"}},
        },
        "endpoints": [{"name": "ready", "path": "/health/ready", "ready": True}],
        "contacts": {"responders": ["a@example.com"], "stakeholders": [], "status_page": ""},
    }
    return plan | draw(_optional(secrets))


def _deployment() -> st.SearchStrategy[dict[str, Any]]:
    keys = {region: f"arn:aws:kms:{region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" for region in PAIR}
    return st.fixed_dictionaries(
        {},
        optional={
            "tags": st.dictionaries(st.from_regex(r"[b-z][a-z0-9 _./=+@-]{0,40}", fullmatch=True), _NAMES, max_size=5),
            "permissions_boundary": st.just("arn:aws:iam::aws:policy/PowerUserAccess"),
            "role_path": st.from_regex(r"/([a-z0-9_-]{1,20}/){0,3}", fullmatch=True),
            "log_retention_days": st.sampled_from([1, 30, 3653]),
            "keys": st.just(keys),
            "secret_keys": st.just({region: [key] for region, key in keys.items()}),
        },
    )


def _optional(secrets: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    groups = st.fixed_dictionaries(dict.fromkeys(PAIR, st.from_regex(r"[a-z](-?[a-z0-9]){0,30}", fullmatch=True)))
    with_key = [(each["name"], key) for each in secrets for key in each["keys"] if key.endswith(("A", "E", "S"))]
    caches = [
        st.fixed_dictionaries(
            {"name": st.just("cache"), "secret": st.just(at[0]), "key": st.just(at[1]), "groups": groups}
        ).map(lambda cache: [cache])
        for at in with_key
        if at[1] not in {issued["key"] for each in secrets for issued in each["issued"]}
    ]
    breach = st.fixed_dictionaries(
        {"contacts": st.just(["legal@example.com"])},
        optional={
            "web_acls": st.just({}),
            "secrets": st.just([secrets[0]["name"]]),
            "roles": st.lists(_ECS, max_size=3, unique=True),
            "isolate": _by_region(st.lists(_id("sg"), max_size=2, unique=True)),
        },
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "breach": breach,
            "tracing": st.booleans(),
            "deployment": _deployment(),
            "evidence": st.just({"trail": "management"}),
            "policy": st.fixed_dictionaries({"failover": st.sampled_from(["approve", "automatic"])}),
            **({"caches": st.one_of(*caches)} if caches else {}),
        },
    )
