"""Brakes are taken out of the code that is there, and what is left does nothing."""

from __future__ import annotations

import pytest

from audits.guard_mutations import BRAKES, ROOT, NoSuchBrakeError, Safeguard, without

CHECK = '''
def check(here):
    """Hold back."""
    if here:
        raise ValueError
def blockers(here) -> Iterator[str]:
    yield "no"
'''


@pytest.mark.parametrize("brake", BRAKES, ids=lambda brake: brake.name)
def test_every_brake_is_where_the_list_says(brake: Safeguard) -> None:
    source = (ROOT / "lambdas" / "lyo_dr" / brake.module).read_text(encoding="utf-8")
    changed = without(source, brake.function)
    compile(changed, brake.module, "exec")
    assert f"def {brake.function}(" in changed


def test_a_check_that_is_taken_out_lets_everything_pass() -> None:
    names: dict[str, object] = {"Iterator": list}
    exec(without(CHECK, "check"), names)  # noqa: S102 - written above
    assert names["check"](True) is None  # type: ignore[operator]


def test_blockers_that_are_taken_out_are_none() -> None:
    names: dict[str, object] = {"Iterator": tuple}
    exec(without(CHECK, "blockers"), names)  # noqa: S102 - written above
    assert list(names["blockers"](True)) == []  # type: ignore[operator]


def test_a_brake_that_is_not_there_is_told() -> None:
    with pytest.raises(
        NoSuchBrakeError, match=r"there are 0 functions called gone; name one in audits/guard_mutations\.py"
    ):
        without(CHECK, "gone")
