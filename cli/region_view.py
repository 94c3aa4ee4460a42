"""Reading the state of Lyo DR in one region, and in several regions at once with a time limit."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from cli.aws_errors import explain
from cli.identity import check_account, prewarm_identity
from cli.output import working
from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import LyoDrError
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.store.lifetimes import ExpiringTable
from lyo_dr.store.region_store import RegionStore

ANSWER_SECONDS = 12.0
"""Time limit for one region, whatever happens there."""

ONE_SILENT = 3
"""Exit code: one region did not answer; the other is shown, or did what was asked (docs/exit-codes.md)."""
_CALL_SECONDS = 4.0
_MACHINES = Path(__file__).resolve().parents[1] / "state_machines"
_NEWEST = 20
INCIDENT_RESPONSE = "incident_response"

_REGION = "\0"
"""Stands for the name of a region while sentences are compared."""

T = TypeVar("T")


@dataclass(frozen=True)
class Execution:
    """One execution of a state machine. ``status`` is that of Step Functions: RUNNING, SUCCEEDED, FAILED ..."""

    process: str
    name: str
    status: str
    started_at: datetime


@dataclass(frozen=True)
class Answer(Generic[T]):
    """Answer of a region; or None, and the sentence that says why."""

    region: str
    value: T | None = None
    failure: str | None = None


class _BriefTable(ExpiringTable):
    """A table for interactive use: one attempt, a short timeout."""

    @functools.cached_property
    def _client(self) -> Any:
        return client("dynamodb", self.region, read_seconds=_CALL_SECONDS, attempts=1)


class RegionView:
    """State and executions of one region. Every method raises our errors when the region does not answer."""

    def __init__(self, plan: Plan, region: str) -> None:
        self.plan = plan
        self.region = region
        self.names = ResourceNames(plan, region)
        self.store = RegionStore(_BriefTable(self.names.table, region), plan)

    def prewarm(self) -> None:
        """Build the clients: botocore cannot do that in two threads at once. Nothing is sent."""
        with calling(f"preparing to ask {self.region}"):
            self.store.prewarm()
            _ = self._states
            prewarm_identity(self.region)

    def executions(self, process: str = INCIDENT_RESPONSE, *, running: bool = False) -> list[Execution]:
        """The newest executions of a process, newest first; with ``running`` only those that run."""
        asked: dict[str, Any] = {"stateMachineArn": self.names.machine(process), "maxResults": _NEWEST}
        if running:
            asked["statusFilter"] = "RUNNING"
        with calling(f"listing executions of {self.names.machine_name(process)} in {self.region}"):
            found = self._states.list_executions(**asked)["executions"]
        executions = [Execution(process, one["name"], one["status"], one["startDate"]) for one in found]
        return sorted(executions, key=lambda one: one.started_at, reverse=True)

    def execution(self, name: str, process: str = INCIDENT_RESPONSE) -> Execution:
        """One execution, by default of an incident. Raises our errors, also for one that does not exist."""
        with calling(f"describing {name} in {self.region}"):
            found = self._states.describe_execution(executionArn=self.names.execution(process, name))
        return Execution(process, found["name"], found["status"], found["startDate"])

    @property
    def _states(self) -> Any:
        return client("stepfunctions", self.region, read_seconds=_CALL_SECONDS, attempts=1)


def processes() -> list[str]:
    """Name every state machine, that of incidents first."""
    found = sorted(path.name.removesuffix(".asl.yaml") for path in _MACHINES.glob("*.asl.yaml"))
    return sorted(found, key=lambda process: process != INCIDENT_RESPONSE)


def ask(
    plan: Plan, regions: Iterable[str], question: Callable[[RegionView], T], seconds: float | None = None
) -> list[Answer[T]]:
    """Ask several regions in parallel. One that does not answer within ``seconds`` is an answer with a failure.

    Without ``seconds`` the limit is ``ANSWER_SECONDS``.
    """
    seconds = ANSWER_SECONDS if seconds is None else seconds
    views = [RegionView(plan, region) for region in regions]
    answers: dict[str, Answer[T]] = {}
    threads = []
    for view in views:
        try:
            view.prewarm()
        except LyoDrError as refusal:
            answers[view.region] = Answer(view.region, failure=explain(refusal, view.region))
            continue
        # A daemon: a call that hangs (in the resolver, say, which has no time limit) does not hold up the end.
        threads.append(threading.Thread(target=_put, args=(view, question, answers), daemon=True))
    for thread in threads:
        thread.start()
    with working(f"Asking {' and '.join(view.region for view in views)}"):
        _wait(threads, seconds)
    return [_answer(answers, view.region, seconds) for view in views]


def _put(view: RegionView, question: Callable[[RegionView], T], answers: dict[str, Answer[T]]) -> None:
    try:
        check_account(view.plan, view.region)
        answers[view.region] = Answer(view.region, question(view))
    except LyoDrError as refusal:
        answers[view.region] = Answer(view.region, failure=explain(refusal, view.region))
    except (KeyError, TypeError, ValueError) as fault:
        # People write items by hand in an emergency (the runbook says how): one that is damaged hides no region.
        damaged = f"an item in the table of {view.region} is malformed: {fault!r}"
        answers[view.region] = Answer(view.region, failure=damaged)
    except Exception as unforeseen:  # it would end the thread only, and look like a region that does not answer
        said = f"reading it failed unexpectedly ({type(unforeseen).__name__}: {unforeseen})"
        answers[view.region] = Answer(view.region, failure=said)


def _wait(threads: Iterable[threading.Thread], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _answer(answers: Mapping[str, Answer[T]], region: str, seconds: float) -> Answer[T]:
    return answers.get(region) or Answer(region, failure=f"{region} does not answer within {humanize(seconds)}")


def failures(answers: Sequence[Answer[Any]]) -> list[str]:
    """Sentences of the regions that did not answer; a cause that several share is stated once, with all of them."""
    regions: dict[str, list[str]] = {}
    for answer in answers:
        if answer.failure:
            regions.setdefault(answer.failure.replace(answer.region, _REGION), []).append(answer.region)
    return [_labelled(sentence, named) for sentence, named in regions.items()]


def exit_code(answers: Sequence[Answer[Any]]) -> int:
    """0 when each region answered, 3 when only one of several did, 2 when none did."""
    silent = sum(answer.failure is not None for answer in answers)
    return 0 if not silent else 2 if silent == len(answers) else ONE_SILENT


def _labelled(sentence: str, regions: list[str]) -> str:
    if len(regions) == 1:
        return sentence.replace(_REGION, regions[0]) if _REGION in sentence else f"{regions[0]}: {sentence}"
    return f"{' and '.join(regions)}: {sentence.replace(_REGION, 'the region')}"
