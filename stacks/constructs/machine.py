"""One state machine: its file with the versions of its steps, and the role derived from the file."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks import asl
from stacks.constructs.alarm import Watch, ring_responders
from stacks.constructs.function_assets import FunctionAssets
from stacks.constructs.logs import log_group
from stacks.constructs.nag import acknowledge
from stacks.constructs.role import role_with
from stacks.constructs.step import Step
from stacks.grants.function import trace
from stacks.grants.machine import machine_grants

_FAILURES = {
    "ExecutionsFailed": "an execution ended in Fail",
    "ExecutionsTimedOut": "an execution exceeded the timeout of the state machine",
    "ExecutionsAborted": "an execution was stopped",
}

_SAMPLING = ("xray:GetSamplingRules", "xray:GetSamplingTargets")
"""Step Functions decides by them what it traces (developer guide, "Trace Step Functions request data in AWS X-Ray")."""


class Machine(Construct):
    """A standard workflow, logged without the data of its executions, with an alarm for each way to fail."""

    def __init__(self, assets: FunctionAssets, scope: Construct, process: str, steps: Mapping[str, Step]) -> None:
        super().__init__(scope, "Machine")
        self._assets = assets
        self._process = process
        self.name = assets.site.names.machine_name(process)
        definition = assets.site.sources.machine(process, assets.site.plan)
        asl.match(process, definition, frozenset(steps), assets.site.sources.processes())
        self._machine(definition, {name: step.version.function_arn for name, step in steps.items()})
        self._alarms()

    def _machine(self, definition: str, versions: dict[str, str]) -> None:
        names = self._assets.site.names
        plan = self._assets.site.plan
        days = plan.deployment.log_retention_days
        logs = log_group(self, name=f"/aws/vendedlogs/states/{self.name}", key=self._assets.key, days=days)
        grants = [
            *machine_grants(names, asl.calls_of(self._process, definition), versions.values()),
            *trace(plan, *_SAMPLING),
        ]
        role = role_with(
            self, names=names, of=(self._process, "Machine"), service="states.amazonaws.com", grants=grants
        )
        children = {
            name: names.machine(process)
            for name in asl.placeholders(definition)
            if (process := asl.process_of(name)) is not None
        }
        machine = sfn.CfnStateMachine(
            self,
            "Resource",
            state_machine_name=self.name,
            state_machine_type="STANDARD",
            # A string in the template instead of an asset: what is deployed can be read, compared and checked.
            definition_string=definition,
            definition_substitutions=dict(sorted({**versions, **children}.items())),
            role_arn=role.role_arn,
            tracing_configuration=(
                sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True) if plan.tracing else None
            ),
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                include_execution_data=False,
                destinations=[
                    sfn.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                            log_group_arn=logs.log_group_arn
                        )
                    )
                ],
            ),
        )
        machine.node.add_dependency(role)
        if not plan.tracing:
            acknowledge(
                machine,
                {
                    "AwsSolutions-SF2": "tracing needs X-Ray rights on every resource; "
                    "the timeline of the incident and the log of the machine tell the same story"
                },
            )

    def _alarms(self) -> None:
        site = self._assets.site
        machine = {"StateMachineArn": site.names.machine(self._process)}
        for metric, why in _FAILURES.items():
            symptom = metric.removeprefix("Executions")
            ring_responders(
                self,
                symptom,
                site=site,
                name=site.alarm(self._process, symptom),
                why=f"{self._process}: {why}",
                watch=Watch("AWS/States", metric, machine),
            )
