"""Reading ``state_machines/*.asl.yaml``: complete ASL with anchors, and the JSON that Step Functions takes.

Step Functions knows no anchors, so they are expanded here. What YAML lets pass and JSON does not have is refused.
Time limits follow from the plan: ``!time deploy_service`` is that of a machine, ``!time_around deploy_service`` that of
a task which runs it; and so does how often a step is retried (:mod:`stacks.retries`).
``python -m stacks.asl_yaml build/asl`` writes the JSON of every machine to a folder, for a preview or a validator, by
the plan of this repository.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from lyo_dr.model.machines.times import around, machine_times, seconds
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from stacks import retries
from stacks.asl import MachineFault

_ROOT = Path(__file__).resolve().parents[1]
_FOLDER = _ROOT / "state_machines"
_SUFFIX = ".asl.yaml"
_TEXT = "tag:yaml.org,2002:str"
_BOOLEAN = "tag:yaml.org,2002:bool"
_INTEGER = "tag:yaml.org,2002:int"
_TIMES = ("!time", "!time_around")
_OF_JSON = {_TEXT, _BOOLEAN, *(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "null", "map", "seq"))}


def machine_files(folder: Path = _FOLDER) -> dict[str, Path]:
    """The file of every process that has a state machine."""
    return {path.name.removesuffix(_SUFFIX): path for path in sorted(folder.glob(f"*{_SUFFIX}"))}


def load_definition(path: Path, plan: Plan) -> dict[str, Any]:
    """The definition as data, all aliases expanded. Raises :class:`MachineFault` and FileNotFoundError."""
    return dict(json.loads(expand(path, plan)))


def expand(path: Path, plan: Plan) -> str:
    """The definition for a plan as JSON, indented to be read. Raises :class:`MachineFault` and FileNotFoundError."""
    limits = machine_times(plan)
    times = {("!time", name): seconds(time) for name, time in limits.items()}
    times |= {("!time_around", name): seconds(around(time)) for name, time in limits.items()}
    return _expanded(path, tuple(times.items()), retries.stages(plan))


@functools.cache
def _expanded(path: Path, times: tuple[tuple[tuple[str, str], int], ...], stages: retries.Stages) -> str:
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    try:
        root = loader.get_single_node()
        _resolve_times(path.name, root, dict(times))
        if root is not None:
            retries.fill_in(path.name, _nodes(root, set()), stages)
        _check(path.name, root)
        definition = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        raise MachineFault(_explained(path.name, error)) from error
    finally:
        loader.dispose()
    return json.dumps(definition, indent=2, ensure_ascii=False) + "\n"


def _explained(file: str, error: yaml.MarkedYAMLError) -> str:
    where, problem = _place(file, error.problem_mark), str(error.problem)
    if problem.startswith("found undefined alias"):
        name = problem.split("'")[1]
        return f"{where}: *{name} is used before anything is called &{name}; write the block out at its first use"
    if str(error.context).startswith("found duplicate anchor"):
        name = str(error.context).split("'")[1]
        return f"{where}: &{name} is defined a second time; use *{name}, or another name for another block"
    return f"{where}: this is not YAML ({problem}); correct it"


def _resolve_times(file: str, root: yaml.Node | None, times: dict[tuple[str, str], int]) -> None:
    """Write the seconds in place of the names. Raises :class:`MachineFault` for a name that has no time."""
    for node in _nodes(root, set()) if root is not None else ():
        if node.tag in _TIMES:
            value = times.get((node.tag, str(node.value)))
            if value is None:
                known = ", ".join(sorted(name for tag, name in times if tag == node.tag))
                raise MachineFault(f"{_place(file, node.start_mark)}: {node.tag} knows no {node.value}; use {known}")
            node.tag, node.value = _INTEGER, str(value)


def _check(file: str, root: yaml.Node | None) -> None:
    """Refuse what would be lost or changed on the way to JSON. Raises :class:`MachineFault`."""
    if not isinstance(root, yaml.MappingNode):
        raise MachineFault(f"{file} holds no state machine; write StartAt and States, or remove the file")
    for node in _nodes(root, set()):
        if isinstance(node, yaml.MappingNode):
            _check_keys(file, node)
        changed = node.tag == _BOOLEAN and node.value not in ("true", "false")
        if changed or node.tag not in _OF_JSON:
            raise MachineFault(
                f"{_place(file, node.start_mark)}: YAML does not read {node.value} as text; put it in quotes"
            )


def _check_keys(file: str, mapping: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in mapping.value:
        where = _place(file, key.start_mark)
        if key.tag != _TEXT:
            raise MachineFault(f"{where}: YAML does not read the key {key.value} as text; put it in quotes")
        if key.value in seen:
            raise MachineFault(f"{where}: the key {key.value} is there a second time; YAML would forget the first one")
        seen.add(key.value)


def _nodes(node: yaml.Node, seen: set[int]) -> Iterator[yaml.Node]:
    """The node and everything below it, each once: an alias is the very node its anchor names."""
    if id(node) in seen:
        return
    seen.add(id(node))
    yield node
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _nodes(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _nodes(item, seen)


def _place(file: str, mark: Any) -> str:
    return f"{file}, line {mark.line + 1}"


def main(folder: Path, plan: Plan) -> int:
    """Write the JSON of every machine to ``folder``; 1 and a sentence when one cannot be used."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for process, path in machine_files().items():
            (folder / f"{process}.asl.json").write_text(expand(path, plan), encoding="utf-8")
    except MachineFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), read_plan(yaml.safe_load((_ROOT / "plan.yaml").read_text(encoding="utf-8")))))
