"""The breach response stack: its machine, the SQL function it invokes, and the one that lifts containment."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.step import Step
from stacks.process import BREACH_ASKED, ProcessStack
from stacks.site import Site


class BreachResponse(ProcessStack):
    """The same in both regions; a breach is handled in the active one."""

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(scope, site, "breach_response", ("breach_response",), key)
        for name in BREACH_ASKED:
            step = Step(self.assets, self, "breach_response", name)
            if step.sql:
                step.keep_warm()
