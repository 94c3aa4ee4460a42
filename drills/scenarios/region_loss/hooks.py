"""Hooks in a failover: functions of the user's, deployed beside the product in the region that recovers."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from drills.engine.context import DrillContext
from drills.engine.scenario import Scenario
from drills.results import expect, targets
from drills.scenarios import faults
from drills.scenarios.region_loss import hook_handlers
from drills.scenarios.spec import Drill
from lyo_dr.model.plan import Hook, HookStage, Plan

_CODE = Path(hook_handlers.__file__)
_FUNCTIONS = {"drill-note-action": "note_action", "drill-stay-silent": "stay_silent"}
_ROLE = "drill-hooks"


def with_hooks(plan: Plan) -> Plan:
    """Two hooks before traffic moves; nothing depends on either of them."""
    hooks = [
        _hook(plan, "consumers", "before_traffic", "drill-note-action", 20),
        _hook(plan, "partner", "before_traffic", "drill-stay-silent", 2),
    ]
    return msgspec.structs.replace(plan, hooks=hooks)


def _hook(plan: Plan, name: str, stage: HookStage, function: str, seconds: int) -> Hook:
    budget = timedelta(seconds=seconds)
    return Hook(name=name, stage=stage, budget=budget, function=dict.fromkeys(plan.regions.pair, function))


def deploy(ctx: DrillContext) -> None:
    """The user's table, role and functions in the recovery region."""
    ctx.screen.stage(f"The user's own functions are deployed in {ctx.secondary}")
    region = ctx.secondary
    ctx.world.client("dynamodb", region).create_table(
        TableName=hook_handlers.TABLE,
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    role = _role(ctx)
    for name, handler in _FUNCTIONS.items():
        ctx.world.client("lambda", region).create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler=f"{_CODE.stem}.{handler}",
            Timeout=30,
            Code={"ZipFile": _zipped()},
        )


def _role(ctx: DrillContext) -> str:
    """A role that may write into the user's table, and nothing of the product's."""
    iam, account = ctx.world.client("iam", ctx.secondary), ctx.world.plan.account
    principal = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [principal]}
    table = f"arn:aws:dynamodb:{ctx.secondary}:{account}:table/{hook_handlers.TABLE}"
    writes = {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": table}
    iam.create_role(RoleName=_ROLE, AssumeRolePolicyDocument=json.dumps(trust))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [writes]})
    iam.put_role_policy(RoleName=_ROLE, PolicyName="write", PolicyDocument=policy)
    return f"arn:aws:iam::{account}:role/{_ROLE}"


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(_CODE, _CODE.name)
    return packed.getvalue()


def collect(ctx: DrillContext) -> dict[str, Any]:
    """What the user's function wrote into the user's table."""
    items = ctx.world.client("dynamodb", ctx.secondary).scan(TableName=hook_handlers.TABLE)["Items"]
    ctx.notes["actions of hooks"] = len(items)
    return {"action": "; ".join(f"{item['key']['S']} {item['stage']['S']} {item['from']['S']}" for item in items)}


HOOKS = (
    Drill(
        name="hooks",
        proves="A function of the user's acts before traffic moves, once; another one stays silent, is reported, and "
        "holds nothing up longer than its budget.",
        scenario=Scenario(prepare=deploy, inject=faults.lose_primary, collect=collect),
        expectations=expect.every(
            targets.failures,
            expect.noted("actions of hooks", 1),
            expect.collected("action", r"/consumers before_traffic eu-west-1$"),
            expect.said("CallHook", r"^Hook consumers: not done \(consumers are being told\); asked again$"),
            expect.said("CallHook", r"^Hook consumers: done after .* \(consumers may start in us-west-2\)$"),
            expect.said("CallHook", r"^Hook partner: no answer after the whole budget of 2 s.*goes on without it$"),
            expect.said("CloseIncident", "hooks without success: partner"),
            expect.carried_out("PromoteReadReplica", 1),
        ),
        rehearsed=with_hooks,
    ),
)
