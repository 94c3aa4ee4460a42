"""Declaring a new standby: both tables, a new epoch, and what happens when it dies half way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lyo_dr.errors import ServiceUnreachable
from lyo_dr.model.incident import SystemRecord
from lyo_dr.services.incident.standby import declare_standby
from lyo_dr.steps.keeper import fence_deposed, fence_self, keep_latch
from lyo_dr.steps.operator import answer_operator
from tests.unit.aws import RdsModel, World
from tests.unit.builders import IRELAND, OREGON, PRIMARY, REPLICA, first_day

OREGON_TOOK_OVER = first_day(active_region=OREGON, standby_region=None, epoch=1)
DECLARED = SystemRecord(active_region=OREGON, standby_region=IRELAND, epoch=2)


@pytest.fixture
def recovered(world: World) -> World:
    """Oregon took over, Ireland was fenced, and a new replica streams there."""
    for region in (IRELAND, OREGON):
        world.ctx(region=region).store.control.change_record(OREGON_TOOK_OVER)
    world.ctx().store.fences.expect(1, "incident-1")
    world.calls.rds[PRIMARY] = RdsModel(source=f"arn:aws:rds:{OREGON}:123456789012:db:{REPLICA}")
    world.calls.rds[REPLICA].source = None
    return world


def records(world: World) -> list[SystemRecord]:
    return [world.ctx(region=region).store.control.record() for region in (OREGON, IRELAND)]


def test_a_standby_is_put_on_record_in_both_tables_under_a_new_epoch(recovered: World) -> None:
    verdict = declare_standby(recovered.ctx(), "ada")
    assert verdict.status == "declared"
    assert records(recovered) == [DECLARED, DECLARED]
    lease = recovered.ctx().store.control.lease()
    assert lease is not None
    assert lease.expires_at <= recovered.ctx().now(), "the lease is given back"
    assert recovered.said("incident-1") == ["eu-west-1 is the standby of us-west-2 at epoch 2, declared by ada"]


def test_declaring_it_again_changes_nothing(recovered: World) -> None:
    declare_standby(recovered.ctx(), "ada")
    assert declare_standby(recovered.ctx(), "bob").status == "declared"
    assert records(recovered) == [DECLARED, DECLARED]


def test_a_declaration_that_dies_between_the_tables_is_completed_by_the_next_run(
    recovered: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = recovered.calls.call

    def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        if client.meta.region_name == IRELAND and operation == "PutItem":
            raise ServiceUnreachable("no answer")
        return real(client, operation, asked)

    with monkeypatch.context() as broken:
        broken.setattr(recovered.calls, "call", call)
        with pytest.raises(ServiceUnreachable):
            declare_standby(recovered.ctx(), "ada")
    assert records(recovered) == [DECLARED, OREGON_TOOK_OVER], "Ireland does not act: its own table names no standby"
    assert declare_standby(recovered.ctx(), "ada").status == "declared"
    assert records(recovered) == [DECLARED, DECLARED]


def test_the_twin_a_region_that_is_not_ready_is_refused_and_nothing_is_written(recovered: World) -> None:
    recovered.calls.rds[PRIMARY].source = None
    verdict = declare_standby(recovered.ctx(), "ada")
    assert (verdict.status, verdict.blockers) == ("refused", [f"database bookings: {PRIMARY} is not a replica"])
    assert records(recovered) == [OREGON_TOOK_OVER, OREGON_TOOK_OVER]
    assert recovered.ctx().store.control.lease() is None


def test_while_somebody_works_no_standby_is_declared(recovered: World) -> None:
    ctx = recovered.ctx()
    assert ctx.store.control.take_lease("incident-2", ctx.now(), ctx.plan.budgets.lease)
    assert declare_standby(ctx, "ada").status == "refused"
    assert records(recovered) == [OREGON_TOOK_OVER, OREGON_TOOK_OVER]


def test_after_a_failover_back_the_latch_rests_before_anything_could_fail_over_again(world: World) -> None:
    """A latch that stayed thrown would hold the new standby's record out of the answer when it is needed."""
    ireland = first_day(standby_region=None, epoch=3)
    for region in (IRELAND, OREGON):
        world.ctx(region=region).store.control.change_record(ireland)
    assert declare_standby(world.ctx(region=IRELAND), "ada").status == "declared"
    assert world.latch(IRELAND) == [("secondary", 0.0)]


def test_a_declared_standby_is_neither_fenced_by_itself_nor_from_outside(
    recovered: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare_standby(recovered.ctx(), "ada")
    assert fence_deposed.handler({}) == {"deposed": False}
    assert keep_latch.handler({}) == {"record": "primary", "off": True}, "traffic stays in Oregon"
    monkeypatch.setenv("AWS_REGION", IRELAND)
    assert fence_self.handler({}) == {"deposed": False}


def order(world: World, region: str, **fields: str) -> tuple[int, str]:
    """What the operator's door of a region answers Ada."""
    world.ctx(region=region)
    event = {
        "requestContext": {"http": {"method": "POST"}, "authorizer": {"iam": {"userArn": "arn:aws:iam::1:user/ada"}}},
        "body": json.dumps({"action": "standby", **fields}),
    }
    answer = answer_operator.handler(event)
    return answer["statusCode"], json.loads(answer["body"])["sentence"]


def test_a_person_declares_a_standby_through_the_door_of_the_active_region(recovered: World) -> None:
    status, sentence = order(recovered, OREGON)
    assert status == 200
    assert sentence == "eu-west-1 is the standby of us-west-2 at epoch 2, declared by arn:aws:iam::1:user/ada"
    assert records(recovered) == [DECLARED, DECLARED]


def test_the_twin_what_does_not_stream_is_refused_with_its_reasons(recovered: World) -> None:
    recovered.calls.rds[PRIMARY].source = None
    status, sentence = order(recovered, OREGON)
    assert status == 409
    assert sentence.startswith("eu-west-1 cannot become the standby: database bookings: ")
    assert records(recovered) == [OREGON_TOOK_OVER, OREGON_TOOK_OVER]


def test_the_new_standby_knows_of_the_last_recovery_so_that_its_brakes_hold(recovered: World) -> None:
    ctx = recovered.ctx()
    ctx.store.controls.recovered("incident-1", ctx.now())
    declare_standby(ctx, "ada")
    there = recovered.ctx(region=IRELAND).store.controls.recovery()
    assert there == ctx.store.controls.recovery()
    assert there is not None
