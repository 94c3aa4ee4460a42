"""Asking the plan's integrity questions, of a database or of what was restored of it; done by SQL functions."""

from __future__ import annotations

from lyo_dr.adapters.aws.secrets import SqlLogin
from lyo_dr.adapters.integrity import read_integrity
from lyo_dr.adapters.postgres import connected
from lyo_dr.adapters.replay import read_replay
from lyo_dr.doorman import Here
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.restore import Beside, Evidence
from lyo_dr.steps.own_login import own_login, own_login_at


def ask_present(here: Here, name: str) -> Evidence:
    """Where the database lives now. Whoever asks judges silence, too."""
    return _ask(here, name, own_login(here, name))


def ask_restored(here: Here, name: str, beside: Beside) -> Evidence:
    """Silence is judged as wrong."""
    return _ask(here, name, own_login_at(here, name, beside), replay=True)


def _ask(here: Here, name: str, login: SqlLogin, *, replay: bool = False) -> Evidence:
    try:
        with connected(login, here.plan.timing.sql_timeout.total_seconds()) as postgres:
            at, lsn, readings = read_integrity(postgres, here.plan.database(name).integrity)
            replayed = read_replay(postgres) if replay else None
    except DatabaseUnreachable as silence:
        return Evidence(database=name, error=str(silence))
    return Evidence(database=name, at=at, lsn=lsn, readings=readings, replay=replayed)
