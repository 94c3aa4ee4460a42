"""The page of a drill: what it says, what it survives, and what it never holds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from drills.client.attempt import Attempt
from drills.report import latency
from drills.report.html import render, write
from tests.drills.report.markup import Markup
from tests.drills.report.results import changed, missed, never_recovered, passed, ways, words_of

LARGEST = 300_000


def test_a_passed_drill_says_so_in_one_sentence() -> None:
    page = words_of(passed())
    assert "Passed</span> Recovered in 13.5 s, 1 booking lost; both targets met.</h1>" in page


def test_a_missed_target_is_named_with_its_sentence() -> None:
    page = words_of(missed())
    assert "Recovered in 13.5 s, 7 bookings lost; the target for recovery time and that for data loss" in page
    assert "<li>The outage of 13.5 s exceeds the RTO of 10 s</li>" in page
    assert "More was lost than predicted." in page


def test_a_drill_that_never_recovered_says_so_and_shows_no_first_answer() -> None:
    page = words_of(never_recovered())
    assert "Missed</span> Not recovered: clients got no answer again" in page
    assert "First answer" not in page
    assert "no end" in page
    assert "To the last milestone reached" in page
    assert "database writable</dt><dd>never" in page


def test_a_drill_whose_clients_noticed_nothing_says_so() -> None:
    page = words_of(changed(passed(), ("outage", "seconds"), 0.0))
    assert "Clients noticed no interruption" in page


def test_a_drill_that_expects_no_recovery_is_not_called_a_failure() -> None:
    page = words_of({**never_recovered(), "passed": True, "missed": []})
    assert "Passed</span> As this drill expects: clients got no answer again, 1 booking lost.</h1>" in page


def test_every_sentence_of_the_incident_is_in_the_table() -> None:
    page = words_of(passed())
    for line in passed()["incident"]["timeline"]:
        assert f'<td class="step">{line["step"]}</td><td class="sentence">{line["sentence"]}</td>' in page


def test_the_moment_of_the_switch_is_marked_for_either_strategy() -> None:
    result = passed()
    assert "Latch set +11.95 s</text>" in words_of(result)
    for line in result["incident"]["timeline"]:
        line["step"] = line["step"].replace("ThrowLatch", "ChangeRecord")
    page = words_of(result)
    assert "Record changed +11.95 s</text>" in page
    assert "Latch set" not in page


def test_a_step_nobody_grouped_gets_a_lane_of_its_own() -> None:
    page = words_of(changed(passed(), ("incident", "timeline", 3, "step"), "AskTheOracle"))
    assert '<text class="name" x="0"' in page
    assert ">AskTheOracle</text>" in page


def test_every_call_is_shown_by_step_service_region_and_plane() -> None:
    result = passed()
    rows = re.findall(r'<tr class="(?:first|more)', render(result))
    assert len(rows) == len(result["calls"]["table"])
    assert "eu-west-1 (lost)" in words_of(result)


def test_without_a_table_the_calls_are_shown_by_step() -> None:
    result = passed()
    del result["calls"]["table"]
    page = words_of(result)
    assert f"PromoteReplica</th> <td>{result['calls']['by_step']['PromoteReplica']}</td>" in page
    assert "planes were not recorded" in page


def test_the_facts_of_a_decision_are_shown_when_the_result_has_them() -> None:
    decision = {
        "region": "eu-west-1",
        "observers": [{"from": "us-west-2", "app": "silent"}, {"from": "x", "app": None}],
    }
    page = words_of({**passed(), "decision": decision})
    assert "observers \u203a 1 \u203a app</th><td>silent" in page
    assert "observers \u203a 2 \u203a app</th><td>unknown" in page


def test_what_was_modelled_stands_apart_from_what_was_measured() -> None:
    page = words_of(changed(passed(), ("rehearsal", "modelled"), {"promotion": {"seconds": 300}}))
    measured, apart = page.split('id="conditions"')
    assert "promotion \u203a seconds" in apart
    assert "promotion \u203a seconds" not in measured
    assert "timing.poll" in apart
    assert "TLS" in apart


def test_whatever_could_not_be_measured_the_page_is_drawn() -> None:
    for way in ways(passed()):
        Markup(render(changed(passed(), way, None)))


@pytest.mark.parametrize("value", ["?", float("nan"), [], [None], {}, -1], ids=repr)
def test_a_value_of_another_kind_breaks_nothing(value: Any) -> None:
    for way in ways(passed()):
        if len(way) < 3:
            Markup(render(changed(passed(), way, value)))


def test_an_empty_result_is_inconclusive() -> None:
    page = words_of({})
    assert "Inconclusive" in page
    assert "It is not known whether clients were served again, an unknown number of bookings lost" in page


def test_an_empty_record_of_the_client_is_said() -> None:
    client: dict[str, Any] = {
        "attempts": 0,
        "latency_before_p50_ms": None,
        "latency_before_p99_ms": None,
        "per_second": [],
    }
    assert "The client recorded no attempt." in words_of({**passed(), "client": client})


def test_no_text_of_a_result_becomes_markup() -> None:
    attack = "\"><script>alert('x')</script><img src=x onerror=y>"
    result = passed()
    expected = {tag for tag, _ in Markup(render(result)).seen}
    for way in ways(result):
        page = Markup(render(changed(result, way, attack)))
        assert {tag for tag, _ in page.seen} <= expected
        assert not [name for _, attributes in page.seen for name in attributes if name.startswith("on")]


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    page = render(passed())
    markup = Markup(page)
    assert [link.get("href") for link in markup.all("a")] == ["#conditions"]
    assert not {"script", "link", "img", "iframe", "object", "use"} & {tag for tag, _ in markup.seen}
    assert not re.search(r"https?:|url\(|@import|//[a-z]", page)
    assert "default-src 'none'; style-src 'unsafe-inline'" in page


@pytest.mark.parametrize(
    "secret",
    [
        "connecting to postgresql://keeper:hunter2hunter2@127.0.0.1/bookings failed",
        "asked with password=hunter2hunter2",
        '{"db_password": "hunter2hunter2"}',
        "key AKIAHUNTER2HUNTER2AB was refused",
    ],
)
def test_a_secret_in_a_sentence_is_hidden(secret: str) -> None:
    result = changed(passed(), ("incident", "timeline", 0, "sentence"), secret)
    page = render({**result, "missed": [secret], "decision": {"seen": secret, "secret": "hunter2hunter2"}})
    assert "hunter2" not in page.lower()
    assert "(hidden)" in page


@pytest.mark.parametrize(
    "sentence",
    [
        "The secret lyo-saas/bookings is replicated; its password is not read",
        "lyo-saas/production/app-secrets: A new password for lyo_app_b is staged",
    ],
)
def test_a_sentence_about_a_secret_that_shows_none_stays_whole(sentence: str) -> None:
    assert sentence in words_of(changed(passed(), ("incident", "timeline", 0, "sentence"), sentence))


def test_a_long_drill_stays_a_page() -> None:
    result = passed()
    line = {**result["incident"]["timeline"][-1], "sentence": "0 of 2 tasks run; waiting " * 60}
    result["incident"]["timeline"] += [line] * 5_000
    result["client"]["per_second"] = [
        {"second": 1_795_000_000 + at, "succeeded": 20, "failed": 3} for at in range(9_000)
    ]
    result["calls"]["table"] = result["calls"]["table"] * 100
    page = render(result)
    assert len(page.encode()) < LARGEST
    assert "sentences between these stand in drill.json" in page
    assert "mean of 50 s each" in page


def test_pictures_and_tables_can_be_heard() -> None:
    markup = Markup(render(passed()))
    ids = [attributes["id"] for _, attributes in markup.seen if "id" in attributes]
    assert len(ids) == len(set(ids))
    for picture in markup.all("svg"):
        assert "aria-hidden" in picture or picture.get("role") == "img" or "viewbox" in picture
        assert set((picture.get("aria-labelledby") or "").split()) <= set(ids)
    assert len(markup.all("table")) <= len(markup.all("thead"))
    assert all(head.get("scope") in {"col", "row"} for head in markup.all("th"))


def test_the_page_is_written_beside_the_result(tmp_path: Path) -> None:
    path = tmp_path / "region-loss" / "drill.html"
    write(path, passed())
    assert path.read_text(encoding="utf-8") == render(passed())
    assert path.stat().st_size < LARGEST / 3


def test_latency_is_counted_over_successes_of_each_second() -> None:
    def attempt(end: float, took: float, ok: bool) -> Attempt:
        return Attempt(end - took, end, "id", 1, 201 if ok else 0, ok)

    found = latency.per_second([attempt(10.5, 0.25, True), attempt(10.75, 0.5, True), attempt(12.5, 2.0, False)])
    assert found == [latency.SecondLatency(10, 250.0, 500.0)]


def test_the_example_holds_no_path_of_a_machine() -> None:
    assert not re.search(r'"/|/tmp|/home|/root', json.dumps(passed()))
