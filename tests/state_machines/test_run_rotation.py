"""One rotation under load with the real machine, handlers and database; then everything it left is searched."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console

from drills.engine.screen import Screen
from drills.results.measure import measure
from drills.results.path_steps import path_steps
from drills.results.record import Recorded
from drills.scenarios.catalogue import DRILLS
from drills.scenarios.rotation import rotation
from drills.world.world import World
from lyo_dr.model.plan import DATABASE_URL
from tests.plans import lyo_plan
from tests.state_machines.drill_output import shown_and_written
from tests.state_machines.failover import IRELAND, OREGON

pytestmark = pytest.mark.drill


@dataclass
class Drilled:
    """What happened, what was shown, and every password there ever was."""

    recorded: Recorded
    screen: str
    passwords: set[str]


@pytest.fixture(scope="module")
def drilled() -> Iterator[Drilled]:
    shown = io.StringIO()
    with World(lyo_plan(), warm=False) as world, Screen(Console(file=shown, width=300)) as screen:
        recorded = DRILLS["rotation"].run(world, screen)
        urls = []
        for region in (IRELAND, OREGON):
            store, secret = world.client("secretsmanager", region), world.plan.secrets[0].name
            for version in store.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]:
                text = store.get_secret_value(SecretId=secret, VersionId=version["VersionId"])["SecretString"]
                urls.append(json.loads(text)[DATABASE_URL])
        passwords = {str(conninfo_to_dict(url)["password"]) for url in urls if url.startswith("postgresql://")}
        yield Drilled(recorded, shown.getvalue(), passwords)


def test_no_booking_fails_and_the_old_login_is_dead(drilled: Drilled) -> None:
    drill, recorded = DRILLS["rotation"], drilled.recorded
    assert drill.expectations(recorded, measure(recorded, path_steps()), lyo_plan().objectives) == []


def test_the_machine_goes_through_the_protocol_and_retires_last(drilled: Drilled) -> None:
    said = list(dict.fromkeys(line.step for line in drilled.recorded.timeline))
    assert said == ["OpenRotation", *rotation.STEPS]


def test_invariant_i8_no_byte_of_a_password_is_anywhere_but_in_secrets_manager(drilled: Drilled) -> None:
    found = drilled.recorded.found.get("rotation")
    assert found is not None
    assert found.leaks == ()
    assert all(found.searched.values()), "a kind of place that is empty proves nothing"


def test_invariant_i8_no_byte_of_a_password_is_in_what_a_drill_shows_and_writes(
    drilled: Drilled, tmp_path: Path
) -> None:
    texts = shown_and_written(drilled.recorded, drilled.screen, tmp_path)
    assert len(drilled.passwords) == 2
    for text in texts:
        assert len(text) > 1000
        assert not [password for password in drilled.passwords if password in text]
