"""``lyo-dr drill --keep``: a local AWS without a disaster, until Ctrl-C, for the AWS CLI, ``lyo-dr`` and the CDK."""

from __future__ import annotations

import contextlib
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.text import Text

from drills.engine.context import DrillContext
from drills.engine.screen import Screen
from drills.scenarios.breach import breach
from drills.stop_signals import ended_by_signals
from drills.terminal import Row
from drills.world.addresses import FRONT_PORT, NoPlaceError
from drills.world.own_system import OwnSystem, UnfitSystem
from drills.world.synth import ROOT, SynthesisFailed, synthesise
from drills.world.world import CACHE, World, WorldNotReadyError
from local_aws.data_plane.processes import ProcessError
from local_aws.deploy import DeployFailed
from local_aws.local import LocalAwsError
from local_aws.rds.binaries import BinariesMissing
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames

_POLL_SECONDS = 5.0
_CANNOT_RUN = (
    BinariesMissing,
    DeployFailed,
    LocalAwsError,
    NoPlaceError,
    ProcessError,
    SynthesisFailed,
    UnfitSystem,
    WorldNotReadyError,
)


class _Ended(Exception):
    """A process of the local AWS ended by itself; the message says which."""


@dataclass(frozen=True)
class Kept:
    """Addresses and files of a kept local AWS, and the guide that names them."""

    plan: Plan
    plan_file: Path
    assembly: Path
    endpoint: str
    data_host: str
    resolver: str
    fronts: tuple[str, str]
    programs: Path = Path(sys.executable).parent

    @classmethod
    def of(cls, world: World) -> Self:
        """Read them from a running world."""
        plan_file = world.directory / "plan.json"
        return cls(
            plan=world.plan,
            plan_file=plan_file,
            assembly=synthesise(plan_file, "local", CACHE),  # the one it was deployed from
            endpoint=world.aws.endpoint,
            data_host=world.host.url,
            resolver=world.addresses.resolver,
            fronts=(world.addresses.front(0), world.addresses.front(1)),
        )

    def guide(self) -> str:
        """How to use it, as commands to paste into another terminal at the root of the repository."""
        primary, secondary = self.plan.regions.pair
        names = ResourceNames(self.plan, secondary)
        host, port = self.resolver.split(":")
        ready = self.plan.front_service().ready_path
        return f"""\
Everything runs. In another terminal, at {ROOT}:

  unset AWS_PROFILE AWS_SESSION_TOKEN LYO_DR_SET
  export AWS_ENDPOINT_URL={self.endpoint} AWS_REGION={secondary} AWS_DEFAULT_REGION={secondary}
  export AWS_ACCESS_KEY_ID={self.plan.account} AWS_SECRET_ACCESS_KEY=test
  export LYO_DR_PLAN={self.plan_file}     # the plan as it is deployed here
  export PATH={self.programs}:{self.programs.parent / "node" / "bin"}:$PATH

Lyo DR, with every stack in both regions (while both are well, an incident is opened, checks, and stands down):

  lyo-dr status
  lyo-dr start --lost {primary}
  lyo-dr timeline --follow
  lyo-dr pause --why 'trying it out'
  lyo-dr resume

AWS CLI:

  aws stepfunctions list-state-machines --query 'stateMachines[].name'
  aws stepfunctions list-executions --state-machine-arn {names.machine("incident_response")}
  aws dynamodb scan --table-name {names.table}
  aws rds describe-db-instances --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus]'

CDK (with the templates deployed here; `make node_modules/.ready` installs its CLI once):

  node_modules/.bin/cdk list --app {self.assembly}
  node_modules/.bin/cdk diff --app {self.assembly} {names.stack("core")}
  node_modules/.bin/cdk deploy --app {self.assembly} --require-approval never {names.stack("core")}

The service, through the front name and in each region:

  dig +short {self.plan.main_front().name} @{host} -p {port}
  curl -m 3 http://{self.fronts[0]}:{FRONT_PORT}{ready}     # {primary}
  curl -m 3 http://{self.fronts[1]}:{FRONT_PORT}{ready}     # {secondary}

Lose {primary}: first its API and functions, then its databases, tasks and
load balancer. An alarm starts the incident.

  curl -X PUT {self.endpoint}/_gateway/faults -d '[{{"kind": "blackhole", "region": "{primary}"}}]'
  curl -X POST {self.data_host}/regions/{primary}/kill
  lyo-dr timeline --region {secondary} --follow

Bring it back, with its old data:

  curl -X PUT {self.endpoint}/_gateway/faults -d '[]'
  curl -X POST {self.data_host}/regions/{primary}/revive

Ctrl-C here shuts everything down.
"""


def keep(plan: Plan, console: Console, own: OwnSystem | None = None) -> int:
    """Start a world and keep it until Ctrl-C. 0: ended on request; 2: it did not start, or ended by itself."""
    world: World | None = None
    with ended_by_signals(), contextlib.ExitStack() as stack:
        try:
            with Screen(console) as screen:
                world = World(plan, screen.stage, everything=True, own=own)
                stack.callback(world.stop)
                world.start()
                _customers_own(world, screen)
            console.print()
            console.out(Kept.of(world).guide(), highlight=False)
            _stay(world)
        except KeyboardInterrupt:
            console.print("Shutting down.")
            return 0
        except (*_CANNOT_RUN, _Ended) as reason:
            console.print(Row(Text("The local AWS could not be kept: ", "bold red"), str(reason)))
            return 2
    return 0


def _customers_own(world: World, screen: Screen) -> None:
    """What the response to a breach works on and no stack of ours makes: web ACLs, IP sets, roles of the plan."""
    if world.plan.breach is None:
        return
    ctx = DrillContext(world, screen)
    for region in ctx.pair:
        breach.given_web_acl(ctx, region)
    breach.given_roles(ctx)


def _stay(world: World) -> None:
    """Wait for a signal; raises _Ended when a process has ended by itself."""
    while True:
        threading.Event().wait(_POLL_SECONDS)
        if not world.host.processes():
            raise _Ended("the process of databases and services has ended by itself")
        try:
            world.aws.faults()
        except ConnectionRefusedError:
            raise _Ended(f"its process has ended by itself: {world.aws.log()[-1000:].strip()}") from None
        except OSError:
            continue  # busy: a machine that sleeps or swaps answers late
