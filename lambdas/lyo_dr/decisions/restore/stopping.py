"""Progress of stopping writes before a restore."""

from __future__ import annotations

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.plurals import counted
from lyo_dr.model.restore import WritesSet
from lyo_dr.model.verdict import Progress


def stopping_progress(states: dict[str, ServiceState], deadline: Deadline) -> Progress:
    """Ready when no task runs; a task that does not stop keeps writing, so nothing is restored."""
    running = {name: state.running for name, state in states.items() if state.running or state.desired}
    if not running:
        return Progress(status="ready", sentence=f"{', '.join(states)} stopped: no more writes on damaged data")
    told = ", ".join(f"{name} ({counted(count, 'task')})" for name, count in running.items())
    if deadline.expired:
        return Progress(status="broken", sentence=f"After {humanize(deadline.budget)} still running: {told}")
    return Progress(status="pending", sentence=f"Stopping {told}", wait_seconds=deadline.poll)


def read_only_progress(database: str, answer: WritesSet) -> Progress:
    """The services stay up read-only; if the database does not enforce that, nothing is restored."""
    if not answer.done:
        return Progress(status="broken", sentence=f"{database} still accepts writes: {answer.reason}")
    ended = f"{counted(answer.ended, 'session')} ended"
    return Progress(
        status="ready", sentence=f"The services stay up read-only; {database} rejects their writes ({ended})"
    )
