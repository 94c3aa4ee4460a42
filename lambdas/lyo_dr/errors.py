"""Our errors. Their class names are the vocabulary of ``ErrorEquals`` in the state machines."""

from __future__ import annotations


class LyoDrError(Exception):
    """Something the product knows by name. The message is one sentence: what, where, what instead."""


class BadSignal(LyoDrError):
    """The input of an incident is not one we accept."""


class LeaseLost(LyoDrError):
    """Somebody else holds the lease, or ours has expired: this work may change nothing any more."""


class EpochStale(LyoDrError):
    """A newer epoch is on record: this work was decided in an older world."""


class GateNotPassed(LyoDrError):
    """The gate of this incident was never recorded as open."""


class AutomationPaused(LyoDrError):
    """A person has paused the automation."""


class ConditionFailed(LyoDrError):
    """A conditional write found something else than expected."""


class WriteConflict(LyoDrError):
    """Somebody else changed the same thing at the same moment, again and again."""


class NotFound(LyoDrError):
    """AWS does not know the resource the plan names."""


class WrongState(LyoDrError):
    """AWS refuses the call in the resource's present state."""


class AccessDenied(LyoDrError):
    """The role of this step may not make this call."""


class AwsCallFailed(LyoDrError):
    """AWS refused the call for another reason; the message carries its code."""


class TaskTokenExpired(LyoDrError):
    """Step Functions no longer waits for this answer: its task has ended, or never was."""


class Throttled(LyoDrError):
    """AWS asked us to slow down; retried by the state machine."""


class ServiceUnreachable(LyoDrError):
    """No answer within the time allowed; retried by the state machine."""


class DatabaseUnreachable(LyoDrError):
    """The database did not answer, or refused the connection."""

    def __init__(self, sentence: str, state: str | None = None) -> None:
        """``state`` is the SQLSTATE of a server that did answer, with a refusal."""
        super().__init__(sentence)
        self.state = state


class InvalidSecret(LyoDrError):
    """A secret is not a JSON object with the keys the plan names; the message never quotes it."""


class RotationRefused(LyoDrError):
    """A secret cannot be rotated as things are; the message says what a person has to put right."""


class ReplayRefused(LyoDrError):
    """Rows of a ledger cannot be written back as things are; the message says why."""


class PeerUnreachable(LyoDrError):
    """The other region does not answer, so nobody knows whether it is taking over."""


class NotContained(LyoDrError):
    """Something that had to be done about a breach was not done; the message names it."""
