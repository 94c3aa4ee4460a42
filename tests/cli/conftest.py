"""The command line as it is typed, on an AWS on loopback. No test reaches a real account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from moto.moto_api._internal.models import moto_api_backend
from typer.testing import CliRunner, Result

from cli import identity, operator_api, region_view
from cli.app import app
from lyo_dr.adapters.aws import session, stepfunctions
from tests.cli.aws import IRELAND, OREGON, TwoRegions
from tests.plans import PLAN_FILE, lyo_plan

Type = Callable[..., Result]

TIME_LIMITS = ((identity, "_SECONDS"), (operator_api, "_LOOKUP_SECONDS"), (region_view, "_CALL_SECONDS"))
"""How long the command line waits for one call: module and name."""

_PATIENCE_SECONDS = 60.0
"""The answering thread is of the same process: a stall of the process (garbage of 11,000 tests) silences a region."""


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Credentials that open nothing, no endpoint but the test's, and clients that no other test made."""
    for name in (
        "LYO_DR_SET",
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "LYO_DR_PLAN",
        "COLUMNS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    for module, limit in TIME_LIMITS:
        monkeypatch.setattr(module, limit, _PATIENCE_SECONDS)
    monkeypatch.setattr(region_view, "ANSWER_SECONDS", 2 * _PATIENCE_SECONDS)
    session.client.cache_clear()
    yield
    session.client.cache_clear()


@pytest.fixture
def new_session() -> Iterator[None]:
    """Credentials are looked for again; without this they are found once, which is faster."""
    session._session.cache_clear()
    yield
    session._session.cache_clear()


@pytest.fixture
def nothing_deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[TwoRegions]:
    """An AWS without Lyo DR."""
    two = TwoRegions(lyo_plan())
    moto_api_backend.reset()
    with two.serving():
        monkeypatch.setenv("AWS_ENDPOINT_URL", two.endpoint)
        yield two
    moto_api_backend.reset()


@pytest.fixture
def aws(nothing_deployed: TwoRegions) -> TwoRegions:
    """Lyo DR in both regions, on the first day."""
    nothing_deployed.deploy(IRELAND)
    nothing_deployed.deploy(OREGON)
    nothing_deployed.asked.clear()
    return nothing_deployed


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter waits, for tests in which nothing comes."""
    for module, limit in TIME_LIMITS:
        monkeypatch.setattr(module, limit, 2.0)
    monkeypatch.setattr(stepfunctions, "client", partial(session.client, read_seconds=2.0, attempts=1))


@pytest.fixture
def lyo_dr() -> Type:
    """Type a command; what it printed on both streams is ``output``."""

    def type_(*words: str, answer: str = "", plan: Path = PLAN_FILE) -> Result:
        needs_plan = words and words[0] != "recover" and "--help" not in words
        options = ["--plan", str(plan)] if needs_plan else []
        return CliRunner().invoke(app, [*words, *options], input=answer, prog_name="lyo-dr")

    return type_
