"""The file of a plan: YAML 1.2 with places, and queries that only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.plan_reader import UnusablePlan, check, load
from cli.plan_reader.document import parse
from cli.plan_reader.integrity_sql import unfit
from cli.plan_reader.places import Misread
from tests.plans import PLAN_FILE


def _plan(folder: Path, old: str = "", new: str = "") -> Path:
    path = folder / "plan.yaml"
    text = PLAN_FILE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_p2_a_word_of_yaml_1_1_is_text_and_a_time_stays_as_it_was_written() -> None:
    text = b"a: no\nb: 1_000\nc: 1:30\nd: 2026-12-01T01:00:00\ne: 0x1f\nf: yes\ng: ~\nh: 1e3\ni: .inf\nj: true\n"
    raw = parse(text).raw
    assert raw == {
        "a": "no",
        "b": "1_000",
        "c": "1:30",
        "d": "2026-12-01T01:00:00",
        "e": "0x1f",
        "f": "yes",
        "g": None,
        "h": 1000.0,
        "i": float("inf"),
        "j": True,
    }


def test_a_number_keeps_the_text_it_was_written_as() -> None:
    document = parse(b"a: 012\nb: '012'\n")
    assert (document.raw, document.written["a"]) == ({"a": 12, "b": "012"}, "012")


def test_anchors_and_merged_keys_are_read_and_what_is_written_here_counts() -> None:
    document = parse(b"base: &base {x: 1, y: 2}\nmade: {<<: *base, y: 3}\nsame: *base\n")
    assert document.raw["made"] == {"x": 1, "y": 3}
    assert document.raw["same"] == {"x": 1, "y": 2}
    assert document.places["made.y"] == (2, 22)


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert parse(b"\xef\xbb\xbfname: lyo\n").raw == {"name": "lyo"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"# nothing\n", "the file is empty"),
        (b"- a\n", "a list at the top"),
        (b"text", "one value at the top"),
        (b"a: \x00\n", "the character U+0000 belongs to no text"),
        (b"\x7fELF\xff", "not a UTF-8 text file"),
        (b"a: 1\n" * 300_000, "bytes are too large for a plan"),
        (b"[" * 5000, "nested too deeply"),
        (b"a: &a {b: *a}\n", "an alias that contains itself"),
        (b"? [a]\n: b\n", "a key that is no text"),
        (b"a: &a [1,1,1,1,1,1,1,1,1]\n" + b"".join(
            b"%c: &%c [%s]\n" % (97 + n, 97 + n, b",".join([b"*%c" % (96 + n)] * 9)) for n in range(1, 9)
        ), "too many"),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_plan_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Misread) as misread:
        parse(content)
    assert len(misread.value.faults) == 1
    assert sentence in str(misread.value)


def test_keys_at_the_top_that_begin_with_x_are_somebodys_notes(tmp_path: Path) -> None:
    path = _plan(tmp_path, "name: lyo\n", "name: lyo\nx-owner: {team: ops}\n")
    assert check(path).plan == check(PLAN_FILE).plan


def test_an_operator_is_not_kept_from_acting_by_the_wording_of_a_query(tmp_path: Path) -> None:
    path = _plan(tmp_path, "sql: select count(*) from lyo_users}", 'sql: "select count(* from lyo_users"}')
    assert load(path).databases[0].integrity[0].sql == "select count(* from lyo_users"
    with pytest.raises(UnusablePlan, match="this is no SQL"):
        check(path)


READS = """
select count(*) from t where tsv @@ to_tsquery('english', 'a & b')
select count(*) from "User" u where u."createdAt" > now() - interval '1 day'
select coalesce(sum(cents), 0)::bigint from shop.orders
select count(*) filter (where x is distinct from y) from t
with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select sum(n) from r
select count(*) from (select distinct on (a) a, b from t order by a, b desc) s
select count(*) from t left join lateral (select 1 as one) x on true where x.one is null
select count(*) from generate_series(now() - interval '7 days', now(), interval '1 day') d(day) left join t using (day)
select count(*) from t where j->>'a' = 'x' and j @> '{"a": 1}' and j ? 'k'
select count(*) from t where a = any(array[1, 2]) and b <> all('{1,2}'::int[])
select 100.0 * count(*) filter (where ok) / nullif(count(*), 0) from t
select percentile_disc(0.95) within group (order by ms) from t
select count(*) from t where daterange(a, b, '[)') && daterange('2026-01-01', '2026-02-01')
select (select count(*) from a) - (select count(*) from b)
select reltuples::bigint from pg_class where oid = 'shop.orders'::regclass
select count(*) from t where i <<= inet '10.0.0.0/8'
select max(lag) from (select at - lag(at) over (partition by k order by at) as lag from t) s
select count(*) from t tablesample bernoulli (1)
select count(*) from t where $$a'b$$ = a
select exists (select 1 from t)::int
select count(*) from public.user
""".strip().splitlines()


@pytest.mark.parametrize("sql", READS)
def test_postgresqls_own_grammar_is_understood(sql: str) -> None:
    assert unfit(sql) is None


ACTS = {
    "update a set b = 1": "no SELECT",
    "insert into a values (1)": "no SELECT",
    "truncate t": "no SELECT",
    "explain analyze delete from a": "no SELECT",
    "do $$ begin end $$": "no SELECT",
    "select 1 into x": "changes what it reads",
    "select count(*) from t for share": "locks what it reads",
    "select pg_catalog.nextval('s')": "calls nextval",
    "select set_config('a', 'b', false)": "calls set_config",
    "select dblink_exec('x', 'y')": "calls dblink_exec",
    "select pg_terminate_backend(5)": "calls pg_terminate_backend",
    "select t.* from t": "returns every column",
    "select from t": "returns 0 columns",
    "select count(*) from order": "'order' is no name of a table",
    "select count(*) from from t": "no table behind FROM",
    "select count(*) from t where a = 'x": "never closed",
    "": "empty",
    "-- nothing": "empty",
}


@pytest.mark.parametrize(("sql", "sentence"), ACTS.items())
def test_what_does_more_than_read_one_number_is_refused(sql: str, sentence: str) -> None:
    assert sentence in (unfit(sql) or "")
