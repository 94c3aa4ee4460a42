"""Brakes are taken out of the code that is there, and what is left does nothing."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from audits import guard_mutations as audit
from audits.guard_mutations import NoSuchBrakeError, Safeguard, every_brake, guards_of, weakened, without
from audits.mutants import ROOT, Mutant, first_failure

CHECK = '''
def check(here):
    """Hold back."""
    if here:
        raise ValueError
def blockers(here) -> Iterator[str]:
    yield "no"
'''


@pytest.mark.parametrize("brake", every_brake(), ids=lambda brake: brake.name)
def test_every_brake_is_where_the_list_says(brake: Safeguard) -> None:
    changed = brake.mutant().source
    compile(changed, brake.module, "exec")
    assert (f"{brake.function} = requires(" if brake.without else f"def {brake.function}(") in changed


def test_no_two_brakes_share_a_name() -> None:
    names = [brake.name for brake in every_brake()]
    assert len(names) == len(set(names))


def test_whatever_refuses_in_the_guards_is_a_brake() -> None:
    tree = ast.parse((ROOT / "lambdas" / "lyo_dr" / "guards.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    refuses = {one.name for one in functions if any(isinstance(node, ast.Raise) for node in ast.walk(one))}
    assert refuses <= {brake.function for brake in every_brake()}
    assert len(refuses) >= 4


def test_every_requirement_of_every_guard_is_taken_out_once() -> None:
    source = (ROOT / "lambdas" / "lyo_dr" / "guards.py").read_text(encoding="utf-8")
    asked = guards_of(source)
    assert asked["irreversible"] == ["_lease_held", "_not_paused", "_gate_open", "_epoch_current"]
    assert source.count(" = requires(") == len(asked)
    taken = [(brake.function, brake.without) for brake in every_brake() if brake.without]
    assert taken == [(guard, each) for guard, requirements in asked.items() for each in requirements]


def test_a_guard_without_one_requirement_asks_for_the_others() -> None:
    source = "careful = requires(awake, sober)\nbold = requires(awake)\n"
    assert weakened(source, "careful", "awake") == "careful = requires(sober)\nbold = requires(awake)"
    for guard, requirement in (("careful", "tall"), ("shy", "awake")):
        with pytest.raises(NoSuchBrakeError, match=f"no guard {guard} asks for {requirement}"):
            weakened(source, guard, requirement)


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


TINY = """
from lyo_dr.decisions.common.consent import check_answer
def test_it_is_there():
    assert check_answer.__doc__
"""
_PATH = "decisions/common/consent.py"


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    path = tmp_path / "test_tiny.py"
    path.write_text(TINY, encoding="utf-8")
    return str(path)


def test_a_changed_module_is_in_force_in_its_run_and_nowhere_else(tiny: str) -> None:
    changed = Mutant(_PATH, "def check_answer():\n    return None\n")
    failed = first_failure([tiny], changed)
    assert failed is not None
    assert failed.endswith("test_it_is_there")
    assert first_failure([tiny]) is None


def test_a_test_that_is_not_there_has_noticed_nothing() -> None:
    with pytest.raises(RuntimeError, match="did not run"):
        first_failure(["tests/unit/test_gone.py"])


class Played:
    """The tests that fail, by the brake that is out; what was asked for; what was kept."""

    def __init__(self, patch: pytest.MonkeyPatch, kept: dict[str, Any]) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.notices: dict[str, str | None] = {}
        self.kept: dict[str, Any] | None = None
        patch.setattr(audit, "every_brake", lambda: (Safeguard("pause", "guards.py", "check_not_paused", "holds"),))
        patch.setattr(audit, "read_kept", lambda _audit: {"brakes": kept})
        patch.setattr(audit, "first_failure", self.failure)
        patch.setattr(audit, "keep", self.keep)

    def failure(self, tests: Any, mutant: Mutant | None = None) -> str | None:
        """What would fail."""
        self.asked.append(tuple(tests))
        return None if mutant is None else self.notices.get(tests[0])

    def keep(self, _audit: str, result: dict[str, Any]) -> None:
        """In the place of the file."""
        self.kept = json.loads(json.dumps(result))


KNOWN = {"pause": {"noticed_by": "tests/unit/a.py::test_a"}}


def test_the_test_that_noticed_last_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Played(monkeypatch, KNOWN)
    played.notices["tests/unit/a.py::test_a"] = "tests/unit/a.py::test_a"
    assert audit.main([]) == 0
    assert played.asked == [("tests/unit/a.py::test_a",), ("tests/unit/a.py::test_a",)]
    assert played.kept is not None
    assert played.kept["brakes"]["pause"]["noticed_by"] == "tests/unit/a.py::test_a"


def test_another_test_is_looked_for_where_that_one_notices_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Played(monkeypatch, KNOWN)
    played.notices["tests/unit"] = "tests/unit/b.py::test_b"
    assert audit.main([]) == 0
    assert played.kept is not None
    assert played.kept["brakes"]["pause"]["noticed_by"] == "tests/unit/b.py::test_b"


@pytest.mark.parametrize("kept", [KNOWN, {}], ids=["notices no more", "was never tried"])
def test_in_the_quick_form_a_brake_nobody_misses_fails_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, kept: dict[str, Any]
) -> None:
    played = Played(monkeypatch, kept)
    played.notices["tests/unit"] = "tests/unit/b.py::test_b"
    assert audit.main(["--quick"]) == 1
    assert played.kept is None


def test_tests_that_fail_anyway_show_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Played(monkeypatch, KNOWN)
    monkeypatch.setattr(audit, "first_failure", lambda _tests, _mutant=None: "tests/unit/a.py::test_a")
    assert audit.main(["--quick"]) == 1
