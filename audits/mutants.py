"""A changed module in the place of one of the product, and the first test that fails with it.

Each mutant runs in a fork of this process, in which the libraries of the tests are loaded already and nothing of the
product is: a second instead of five. Nothing is written to the folder of the code.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
_PRODUCT = ROOT / "lambdas"
_HEAVY = ("hypothesis", "boto3", "moto.dynamodb.models", "moto.dynamodb.responses", "moto.backends", "yaml", "msgspec")
_OURS = ("lyo_dr", "tests")
"""Read anew in every fork, in which the mutant is in their place."""
_NOT_RUN = 3
_ARGUMENTS = ("-q", "-x", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Mutant:
    """``path`` within the product, whose text is exchanged for ``source``."""

    path: str
    source: str

    @property
    def module(self) -> str:
        """The dotted name."""
        return "lyo_dr." + self.path.removesuffix(".py").replace("/", ".")


class _Exchange(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module before anybody else does."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Ours, or none of our business."""
        if fullname != self._mutant.module:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed text."""
        file = str(_PRODUCT / "lyo_dr" / self._mutant.path)
        module.__file__ = file
        exec(compile(self._mutant.source, file, "exec"), module.__dict__)  # noqa: S102 - our own code, changed


def first_failure(tests: Sequence[str], mutant: Mutant | None = None) -> str | None:
    """The first of these tests that fails, without a mutant on the code as it is; None if all pass.

    Raises RuntimeError when they did not run at all: a test that does not exist has noticed nothing.
    """
    for name in _HEAVY:
        importlib.import_module(name)
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            _end_as(tests, mutant, said.fileno())
        _, status = os.waitpid(child, 0)
        said.seek(0)
        output = said.read()
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return None
    if failed := re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", output, re.MULTILINE):
        return failed[1]
    raise RuntimeError(f"{' '.join(tests)} did not run (pytest ended with {code}): {output.strip()[-400:]}")


def _end_as(tests: Sequence[str], mutant: Mutant | None, output: int) -> None:
    """In the fork: never returns."""
    code = _NOT_RUN
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.stdout = sys.stderr = os.fdopen(output, "w", closefd=False)
        os.chdir(ROOT)
        for name in [name for name in sys.modules if name.split(".")[0] in _OURS]:
            del sys.modules[name]
        if mutant is not None:
            sys.meta_path.insert(0, _Exchange(mutant))
        import pytest

        code = int(pytest.main([*_ARGUMENTS, *tests]))
        sys.stdout.flush()
    finally:
        os._exit(code)
