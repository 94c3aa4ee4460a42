"""``lyo-dr hand-over``: from a person to Secrets Manager, where the application lives, and nowhere else."""

from __future__ import annotations

import json

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.model.issuer import KeyName, Outstanding
from lyo_dr.model.rotation import RotationRequest
from lyo_dr.store.issued_keys import OutstandingKeys
from tests.cli.aws import ADA, BEGAN, IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type
from tests.cli.test_rotate import SECRET, started

NAME = KeyName(SECRET, "OPENAI_API_KEY")
KEY = "sk-canary-new"
TEXT = '{"OPENAI_API_KEY": "sk-old"}'


@pytest.fixture(autouse=True)
def _copies(aws: TwoRegions) -> None:
    for region in (IRELAND, OREGON):
        client("secretsmanager", region).create_secret(Name=SECRET, SecretString=TEXT)


def handed(region: str) -> list[str]:
    store = client("secretsmanager", region)
    stages = store.describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    found = [version for version, labels in stages.items() if labels == ["LYODR_NEW_OPENAI_API_KEY"]]
    return [store.get_secret_value(SecretId=SECRET, VersionId=version)["SecretString"] for version in found]


def current(region: str) -> str:
    return str(client("secretsmanager", region).get_secret_value(SecretId=SECRET)["SecretString"])


def test_it_lies_beside_the_current_version_and_a_rotation_takes_it_from_there(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("hand-over", SECRET, NAME.key, "--by", "ada", answer=f"{KEY}\n")
    assert said.exit_code == 0, said.output
    assert [json.loads(text) for text in handed(IRELAND)] == [{NAME.key: KEY}]
    assert (handed(OREGON), current(IRELAND), current(OREGON)) == ([], TEXT, TEXT)
    [order] = started(aws, IRELAND)
    assert msgspec.convert(order, RotationRequest) == RotationRequest(by=ADA, keys=[NAME])
    assert KEY not in said.output
    assert KEY not in json.dumps(order)


@pytest.mark.parametrize("typed", ["\n", "two words of a key\n", "short\n", "ümlaut-in-it\n"])
def test_what_cannot_be_a_key_is_refused_before_anything_is_sent(lyo_dr: Type, aws: TwoRegions, typed: str) -> None:
    said = lyo_dr("hand-over", SECRET, NAME.key, answer=typed)
    assert said.exit_code == 2
    assert "nothing was handed over" in said.output
    assert not typed.strip() or typed.strip() not in said.output
    assert (handed(IRELAND), started(aws, IRELAND)) == ([], [])


def test_a_key_that_is_not_manually_issued_is_refused_with_those_there_are(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("hand-over", SECRET, "DATABASE_URL", answer=f"{KEY}\n")
    assert said.exit_code == 2
    assert f"is not a manually issued key; choose {SECRET} OPENAI_API_KEY" in " ".join(said.output.split())


def test_a_key_alone_is_asked_for_without_a_new_login(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("rotate", "--key", NAME.key, "--by", "ada", "--yes")
    assert said.exit_code == 0, said.output
    [order] = started(aws, IRELAND)
    assert msgspec.convert(order, RotationRequest) == RotationRequest(by=ADA, keys=[NAME])
    assert "A new database login" not in said.output
    assert "For the others responders get instructions." in said.output


def test_a_key_the_plan_does_not_know_is_refused(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("rotate", "--key", "NOTHING", "--yes")
    assert said.exit_code == 2
    assert "choose OPENAI_API_KEY" in " ".join(said.output.split())


def test_the_status_lists_what_is_outstanding_and_on_which_incident(lyo_dr: Type, aws: TwoRegions) -> None:
    keys = OutstandingKeys(aws.table(IRELAND))
    left = Outstanding(
        name=NAME, issuer="OpenAI", wanted="new", incident="breach-1", since=BEGAN, sentence=f"{NAME}: none handed over"
    )
    keys.keep(left)
    said = " ".join(lyo_dr("status").output.split())
    assert f"outstanding {NAME}: none handed over (since 2026-" in said
    assert "on breach-1)" in said
    keys.settle(left, "done")
    assert "outstanding" not in lyo_dr("status").output
