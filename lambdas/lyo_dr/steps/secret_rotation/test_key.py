"""TestKey: was a new key handed over, and does its issuer accept it? Reads this region's copy and writes nothing."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secrets import labels, read_text, version_text
from lyo_dr.adapters.http import try_key
from lyo_dr.decisions.issued import fit_key, header_of, judged, nothing_handed_over, same_as_before
from lyo_dr.decisions.secret_text import value_of
from lyo_dr.doorman import Here, step
from lyo_dr.guard import rotating
from lyo_dr.model.issuer import HANDED_OVER, KeyName, NewKey
from lyo_dr.model.rotation import Rotation


class Request(msgspec.Struct, frozen=True):
    """The rotation and the key."""

    rotation: Rotation
    key: KeyName


@step("TestKey", Request)
@rotating
def handler(request: Request, here: Here) -> NewKey:
    """Before anything depends on it. What the issuer refuses is never written anywhere."""
    name = request.key
    version = labels(name.secret, here.region).versions.get(HANDED_OVER + name.key)
    verdict = nothing_handed_over(name, here.outstanding.read(name)) if version is None else _judge(name, version, here)
    here.tell(request.rotation.id, verdict.sentence)
    return verdict


def _judge(name: KeyName, version: str, here: Here) -> NewKey:
    issued, test = here.plan.issued()[name], here.plan.issued()[name].test
    value = fit_key(value_of(version_text(name.secret, here.region, version), name.key))
    equal = value == value_of(read_text(name.secret, here.region), name.key)
    same = same_as_before(name, here.outstanding.read(name), equal=equal)
    if same is not None:
        return same
    seconds = here.plan.timing.probe_timeout.total_seconds()
    return judged(name, issued, version, try_key(test.url, seconds, method=test.method, header=header_of(test, value)))
