"""State machines are read from YAML: anchors are expanded, and what JSON could not say the same way is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stacks.asl import MachineFault
from stacks.asl_yaml import expand, load_definition, machine_files, main
from tests.plans import lyo_plan

TWO_TASKS = """\
StartAt: A
States:
  A:
    Type: Task
    Resource: ${A}
    Retry: &errors [{ErrorEquals: [Throttled], MaxAttempts: 6, BackoffRate: 2.0}]
    Next: B

  B:
    Type: Task
    Comment: >-
      Told in
      two lines
    Resource: ${B}
    Retry: *errors
    End: true
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "triage.asl.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_alias_is_replaced_by_the_block_its_anchor_names(tmp_path: Path) -> None:
    states = load_definition(written(tmp_path, TWO_TASKS), lyo_plan())["States"]
    assert (
        states["B"]["Retry"]
        == states["A"]["Retry"]
        == [{"ErrorEquals": ["Throttled"], "MaxAttempts": 6, "BackoffRate": 2.0}]
    )
    assert states["B"]["Comment"] == "Told in two lines"


def test_the_json_keeps_the_order_and_the_numbers_and_can_be_read(tmp_path: Path) -> None:
    text = expand(written(tmp_path, TWO_TASKS), lyo_plan())
    assert text == json.dumps(json.loads(text), indent=2) + "\n"
    assert list(json.loads(text)["States"]["A"]) == ["Type", "Resource", "Retry", "Next"]
    assert text.count('"BackoffRate": 2.0') == 2


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    Next: B", "    Next: B\n    Next: A", "line 8: the key Next is there a second time; YAML would forget"),
        ("  B:", "  A:", "line 9: the key A is there a second time"),
        ("MaxAttempts: 6", "ErrorEquals: []", "line 6: the key ErrorEquals is there a second time"),
        ("*errors", "*erors", "line 15: \\*erors is used before anything is called &erors; write the block out"),
        ("*errors", "&errors []", "line 15: &errors is defined a second time; use \\*errors"),
        ("Next: B", "Next: No", "line 7: YAML does not read No as text; put it in quotes"),
        ("Next: B", "Next: 2026-03-29", "line 7: YAML does not read 2026-03-29 as text"),
        ("  B:", "  On:", "line 9: YAML does not read the key On as text; put it in quotes"),
        ("Next: B", "<<: {Next: B}", "line 7: YAML does not read the key << as text"),
        ("[Throttled]", "[Throttled", "line 6: this is not YAML \\(.*\\); correct it"),
        ("Next: B", "TimeoutSeconds: !time deploy", "line 7: !time knows no deploy; use ask_consent, await_consent, "),
        ("Next: B", "TimeoutSeconds: !hours 2", "line 7: YAML does not read 2 as text; put it in quotes"),
        (TWO_TASKS, "- A\n", " holds no state machine; write StartAt and States"),
        (TWO_TASKS, "", " holds no state machine; write StartAt and States"),
    ],
)
def test_what_would_be_lost_or_changed_is_refused_in_one_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in TWO_TASKS
    with pytest.raises(MachineFault, match=r"^triage\.asl\.yaml(, )?" + sentence) as refused:
        expand(written(tmp_path, TWO_TASKS.replace(old, new, 1)), lyo_plan())
    assert "\n" not in str(refused.value)


def test_every_machine_is_written_as_json(tmp_path: Path) -> None:
    assert main(tmp_path / "asl", lyo_plan()) == 0
    for process, path in machine_files().items():
        assert json.loads((tmp_path / "asl" / f"{process}.asl.json").read_text()) == load_definition(path, lyo_plan())
