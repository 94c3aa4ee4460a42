"""TestKey: was a new key handed over, and does its issuer accept it? Reads this region's copy and writes nothing."""

# A step of the product, not a test of it: named like TestSecret, the stage of a rotation in Secrets Manager.

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secretsmanager import labels, read_text, version_text
from lyo_dr.adapters.http import try_key
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_text import value_of
from lyo_dr.decisions.rotation.issued_keys import fit_key, header_of, judged, nothing_handed_over, same_as_before
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.issuer import HANDED_OVER, KeyName, NewKey
from lyo_dr.model.rotation import Rotation


class Request(msgspec.Struct, frozen=True):
    """The rotation and the key."""

    rotation: Rotation
    key: KeyName


@step("TestKey", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> NewKey:
    """Before anything depends on it. What the issuer refuses is never written anywhere."""
    name = request.key
    version = labels(ctx.plan.secret_in(name.secret, ctx.region), ctx.region).versions.get(HANDED_OVER + name.key)
    return (
        nothing_handed_over(name, ctx.store.outstanding.read(name)) if version is None else _judge(name, version, ctx)
    )


def _judge(name: KeyName, version: str, ctx: StepContext) -> NewKey:
    issued, test = ctx.plan.issued()[name], ctx.plan.issued()[name].test
    here = ctx.plan.secret_in(name.secret, ctx.region)
    value = fit_key(value_of(version_text(here, ctx.region, version), name.key))
    equal = value == value_of(read_text(here, ctx.region), name.key)
    same = same_as_before(name, ctx.store.outstanding.read(name), equal=equal)
    if same is not None:
        return same
    seconds = ctx.plan.timing.probe_timeout.total_seconds()
    return judged(name, issued, version, try_key(test.url, seconds, method=test.method, header=header_of(test, value)))
