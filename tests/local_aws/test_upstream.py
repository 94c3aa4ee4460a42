"""Whatever a patch relies on, the local AWS refuses to start without it. One test per name."""

from __future__ import annotations

import importlib

import pytest

from local_aws import patches as of_ministack
from local_aws.data_plane import moto_patches as of_moto
from local_aws.upstream import UpstreamChangedError, require

FRONT = [
    (name, required)
    for name in of_ministack.NAMES
    for required in importlib.import_module(f"local_aws.patches.{name}").REQUIRES
]
DATA = [(name, required) for name, names in of_moto.REQUIRES.items() for required in names]


def _holder(required: str) -> tuple[object, str]:
    module, _, path = required.partition(":")
    *parts, last = path.split(".")
    holder: object = importlib.import_module(module)
    for part in parts:
        holder = getattr(holder, part)
    return holder, last


def _take_away(monkeypatch: pytest.MonkeyPatch, required: str) -> None:
    holder, name = _holder(required)
    for owner in holder.__mro__ if isinstance(holder, type) else (holder,):
        if name in vars(owner):
            monkeypatch.delattr(owner, name)


@pytest.mark.parametrize(("name", "required"), FRONT)
def test_the_local_aws_refuses_an_emulator_that_lacks(
    monkeypatch: pytest.MonkeyPatch, name: str, required: str
) -> None:
    _take_away(monkeypatch, required)
    with pytest.raises(UpstreamChangedError, match="this version of the emulator does not have") as refused:
        of_ministack.check()
    # Several patches may rely on the same: the first of them is named.
    assert f" needs {required}, " in str(refused.value), name


@pytest.mark.parametrize(("name", "required"), DATA)
def test_the_data_host_refuses_a_moto_that_lacks(monkeypatch: pytest.MonkeyPatch, name: str, required: str) -> None:
    _take_away(monkeypatch, required)
    with pytest.raises(UpstreamChangedError, match="this version of the emulator does not have") as refused:
        of_moto.check()
    assert f" needs {required}, " in str(refused.value), name


def test_the_emulators_of_today_have_everything() -> None:
    of_ministack.check()
    of_moto.check()


def test_a_module_that_is_gone_is_refused_too() -> None:
    with pytest.raises(UpstreamChangedError, match=r"the patch 'some' needs ministack\.gone:x"):
        require("some", ["ministack.gone:x"])
