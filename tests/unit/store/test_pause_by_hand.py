"""The pause that the runbook writes to the table by hand counts as one of ``lyo-dr pause`` does."""

from __future__ import annotations

import json
import re
import shlex
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.common.pause import paused_between
from tests.unit.aws import World
from tests.unit.builders import OREGON, at

PAGE = Path(__file__).resolve().parents[3] / "docs" / "runbooks" / "region-loss.md"
MEMBERS = {
    "--key": "Key",
    "--update-expression": "UpdateExpression",
    "--condition-expression": "ConditionExpression",
    "--expression-attribute-names": "ExpressionAttributeNames",
    "--expression-attribute-values": "ExpressionAttributeValues",
}


def commands() -> list[str]:
    """The two commands that change the item of the pause: begin and end."""
    found = re.findall(r"^aws dynamodb update-item .*?(?=^```|^NOW)", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return [command for command in found if '"PAUSE"' in command]


def run(world: World, command: str, seconds: float, last: int = 0) -> None:
    """What the AWS CLI would ask, at so many seconds after noon."""
    shell = {"$NOW": f"{at(seconds):%Y-%m-%dT%H:%M:%S+00:00}", "$LAST": str(last)}
    for name, value in shell.items():
        command = command.replace(name, value)
    words = shlex.split(command.replace("\\\n", " "))
    asked: dict[str, Any] = {}
    for option, value in pairwise(words):
        if option in MEMBERS:
            asked[MEMBERS[option]] = json.loads(value) if value.startswith("{") else value
    client("dynamodb", OREGON).update_item(TableName=world.ctx().store.control._table.name, **asked)


def test_fault_52_a_pause_by_hand_is_in_the_history_and_counts_against_no_budget(world: World) -> None:
    (begin, end), control = commands(), world.ctx().store.control
    world.ctx().store.controls.pause("bob", "before", at(-600))
    world.ctx().store.controls.resume("bob", at(-300))
    run(world, begin, 0)
    assert control.paused() == "paused by your name: your reason"
    assert paused_between(control.pauses(), at(-60), at(90)) == timedelta(seconds=90)
    run(world, end, 120, last=len(control.pauses()) - 1)
    assert control.paused() is None
    assert paused_between(control.pauses(), at(-60), at(900)) == timedelta(seconds=120)
    assert paused_between(control.pauses(), at(-700), at(900)) == timedelta(seconds=420)


def test_fault_52_a_first_pause_by_hand_needs_no_history(world: World) -> None:
    begin, _ = commands()
    world.prepare("dynamodb")
    run(world, begin, 0)
    assert [span.since for span in world.ctx().store.control.pauses()] == [at(0)]


def test_fault_52_a_pause_is_not_begun_by_hand_a_second_time(world: World) -> None:
    begin, _ = commands()
    world.ctx().store.controls.pause("bob", "before", at(-600))
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        run(world, begin, 0)
