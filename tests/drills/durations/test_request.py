"""Asking the data host to stretch what lasts minutes on AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import pytest

from drills.durations.model import stretched
from local_aws.data_plane.admin import Admin
from local_aws.data_plane.backends import Backends


class Stretched:
    """Backends that keep what they are asked for."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, float]] = []

    def stretch(self, seconds: Mapping[str, float]) -> None:
        """Note it."""
        self.told.append(seconds)


def test_the_figures_of_the_model_are_taken_as_they_are() -> None:
    backends = Stretched()
    status, _ = Admin(cast("Backends", backends)).answer("POST", "/timing", json.dumps(stretched(20.0)).encode())
    assert status is HTTPStatus.OK
    assert backends.told == [stretched(20.0)]


@pytest.mark.parametrize("wrong", [{"reboot": 1.0}, {"promotion": -1.0}, {"promotion": "long"}])
def test_what_is_not_of_the_model_is_refused(wrong: dict[str, Any]) -> None:
    backends = Stretched()
    status, said = Admin(cast("Backends", backends)).answer("POST", "/timing", json.dumps(wrong).encode())
    assert status is HTTPStatus.BAD_REQUEST
    assert said["error"]
    assert backends.told == []
