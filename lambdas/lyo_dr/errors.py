"""Our errors. Their class names are the vocabulary of ``ErrorEquals`` in the state machines."""

from __future__ import annotations


class LyoDrError(Exception):
    """Base of the product's errors. The message is one sentence: what failed, where, and what to do."""


class BadSignal(LyoDrError):
    """The input of an incident is not valid."""


class LeaseLost(LyoDrError):
    """The lease is held by another, or ours has expired: this execution must not change anything any more."""


class EpochStale(LyoDrError):
    """A newer epoch is on record (fencing): the decision behind this step is outdated."""


class GateNotPassed(LyoDrError):
    """The gate of this incident is not recorded as open."""


class AutomationPaused(LyoDrError):
    """A person has paused the automation."""


class ConditionFailed(LyoDrError):
    """The condition of a conditional write did not hold."""


class WriteConflict(LyoDrError):
    """Concurrent writes conflicted until the retries were used up."""


class NotFound(LyoDrError):
    """A resource named in the plan does not exist in AWS."""


class WrongState(LyoDrError):
    """AWS rejects the call in the current state of the resource."""


class AccessDenied(LyoDrError):
    """The role of this step lacks the permission for this call."""


class AwsCallFailed(LyoDrError):
    """AWS rejected the call for another reason; the message has the error code."""


class MessageRefused(LyoDrError):
    """Amazon SNS refuses the message itself: sent again as it is, it would be refused again."""


class TaskTokenExpired(LyoDrError):
    """The task token is unknown or expired; Step Functions no longer waits for this answer."""


class Throttled(LyoDrError):
    """AWS throttled the call; the state machine retries it until the budget of the stage is over."""


class ServiceUnreachable(LyoDrError):
    """No response within the timeout; the state machine retries it until the budget of the stage is over."""


class NoAnswerInTime(LyoDrError):
    """An API was throttled or did not respond until the budget of the stage was over; no state machine retries it."""


class DatabaseUnreachable(LyoDrError):
    """The database did not respond, or refused the connection."""

    def __init__(self, sentence: str, state: str | None = None) -> None:
        """``state`` is the SQLSTATE of a server that refused."""
        super().__init__(sentence)
        self.state = state


class InvalidSecret(LyoDrError):
    """A secret is not a JSON object with the keys the plan names; the message never quotes it."""


class RotationRefused(LyoDrError):
    """A secret cannot be rotated; the message says what a person has to fix first."""


class TasksNotReplaceable(LyoDrError):
    """Amazon ECS does not replace the tasks of a service; the message says who does."""


class ReplayRefused(LyoDrError):
    """Rows of a ledger cannot be written back; the message says why."""


class PeerUnreachable(LyoDrError):
    """The other region does not respond, so it may be taking over."""


class NotContained(LyoDrError):
    """A required part of the breach response failed; the message names it."""
