"""Hooks: functions and state machines of the user's that are called at named stages of a recovery."""

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from lyo_dr.model.plan.kinds import PartName, RegionName, words
from lyo_dr.model.plan.part import PlanPart

FunctionRef = Annotated[
    str,
    words(
        r"^(arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:)?[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?$",
        "is no Lambda function",
        "its name or ARN, with :alias where there is one",
        "shop-purge-cdn",
    ),
]
"""Lambda API reference, Invoke: name, or ARN; with a version or an alias behind a colon."""
MachineRef = Annotated[
    str,
    words(
        r"^(arn:aws:states:[a-z0-9-]+:[0-9]{12}:stateMachine:)?[A-Za-z0-9_-]{1,80}$",
        "is no state machine",
        "its name or ARN",
        "shop-move-queues",
    ),
]
"""Step Functions API reference, CreateStateMachine: a name has 80 characters at most."""

HookStage = Literal[
    "before_fence",
    "after_fence",
    "before_promotion",
    "after_promotion",
    "before_traffic",
    "after_traffic",
    "on_failure",
]
BEFORE_PROMOTION: tuple[HookStage, ...] = ("before_fence", "after_fence", "before_promotion")
"""Stages before the point of no return."""
STAGES: tuple[HookStage, ...] = (*BEFORE_PROMOTION, "after_promotion", "before_traffic", "after_traffic")
"""Stages of a failover, in their order; users wait for them."""


class Hook(PlanPart, frozen=True):
    """One function or state machine, called in the recovery region. Hooks of a stage run in the order of the list."""

    name: Annotated[PartName, Meta(description="Name of the hook in incidents and messages.")]
    stage: Annotated[HookStage, Meta(description="When it is called.")]
    budget: Annotated[
        timedelta, Meta(description="Time it has in all, from the first call; users wait for it, so the RTO counts it.")
    ]
    function: Annotated[
        dict[RegionName, FunctionRef] | None,
        Meta(description="By region: name or ARN of a Lambda function; or state_machine."),
    ] = None
    state_machine: Annotated[
        dict[RegionName, MachineRef] | None,
        Meta(description="By region: name or ARN of a standard state machine; or function."),
    ] = None
    may_abort: Annotated[
        bool, Meta(description="Whether its answer 'abort' holds the failover; only before the promotion.")
    ] = False
    required: Annotated[
        bool,
        Meta(
            description="Whether the recovery stops when it is silent or fails; otherwise that is reported, and the "
            "recovery goes on."
        ),
    ] = False

    @property
    def places(self) -> dict[str, str]:
        """By region, what is called there."""
        return self.function or self.state_machine or {}

    def arn(self, region: str, account: str) -> str:
        """ARN of what is called in a region. Raises KeyError for a region the hook does not name."""
        found = self.places[region]
        if found.startswith("arn:"):
            return found
        service, kind = ("lambda", "function") if self.function else ("states", "stateMachine")
        return f"arn:aws:{service}:{region}:{account}:{kind}:{found}"

    def execution(self, region: str, account: str, name: str) -> str:
        """ARN of an execution of its state machine (``name`` may be ``*`` in a policy)."""
        return f"{self.arn(region, account).replace(':stateMachine:', ':execution:')}:{name}"
