"""CloseRotation: the current version is the proven one, and the lease is given back."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.secrets import labels, move_label
from lyo_dr.doorman import Here, step
from lyo_dr.guard import rotating
from lyo_dr.model.rotation import PROVEN, Rotation


class Request(msgspec.Struct, frozen=True):
    """The rotation."""

    rotation: Rotation


@step("CloseRotation", Request)
@rotating
def handler(request: Request, here: Here) -> Any:
    """The stand-by's copy first: while one label is missing, the next rotation takes this one up again."""
    rotation = request.rotation
    for region in reversed(rotation.regions):
        for secret in rotation.secrets:
            _proven(secret, region)
    seconds = (here.now() - rotation.opened_at).total_seconds()
    sentence = f"Rotated: {', '.join(rotation.secrets)} in {' and '.join(rotation.regions)}, after {seconds:.1f} s"
    here.incidents.set(rotation.id, state="closed", ending="rotated")
    here.tell(rotation.id, sentence)
    if rotation.holder == rotation.id:
        here.system_in(rotation.lease_region).release_lease(rotation.id, rotation.epoch, here.now())
    return {"ending": "rotated", "sentence": sentence}


def _proven(secret: str, region: str) -> None:
    found = labels(secret, region).versions
    if found.get(PROVEN) != found["AWSCURRENT"]:
        move_label(secret, region, PROVEN, to=found["AWSCURRENT"], away_from=found.get(PROVEN))
