"""``lyo-dr rotate``: give the application new secrets, in the region that is active."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import typer

from cli.aws_errors import explain
from cli.operations.status import RegionState, read_state
from cli.output import refuse, say
from cli.region_view import ask
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.errors import LyoDrError
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.model.rotation import HOLDER, RotationRequest

MACHINE = "secret_rotation"


def rotate(plan: Plan, secrets: list[str], keys: list[str], by: str, *, ask_first: bool) -> int:
    """Start a rotation; 0 started, 1 not started on request. Raises typer.Exit(2)."""
    asked = _keys(plan, keys)
    chosen = [] if asked and not secrets else _chosen(plan, secrets)
    everything = not secrets and not asked
    here = active_region(plan)
    if chosen:
        logins = [secret.name for secret in plan.rotatable() if secret.name in chosen]
        for sentence in [*foretell(plan, logins, here), *foretell_tokens(plan, chosen)]:
            say(sentence)
    for sentence in foretell_keys(list(plan.issued()) if everything else asked):
        say(sentence)
    if ask_first and not typer.confirm("Rotate?"):
        say("Nothing was started.")
        return 1
    return start(plan, RotationRequest(by=by, secrets=secrets, keys=asked), here)


def start(plan: Plan, order: RotationRequest, here: str) -> int:
    """Start the machine with an order, and say how to follow it; 0. Raises typer.Exit(2)."""
    name = f"operator-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    text = msgspec.json.encode(order, order="deterministic").decode()
    try:
        stepfunctions.start(ResourceNames(plan, here).machine(MACHINE), name, text, here)
    except LyoDrError as refusal:
        raise refuse(f"nothing was started: {explain(refusal, here)}") from None
    say(f"Started in {here}: {HOLDER}{name}", "bold green")
    say(f"See how it goes: lyo-dr timeline {HOLDER}{name} --region {here}")
    return 0


def _keys(plan: Plan, keys: list[str]) -> list[KeyName]:
    """A key by its name alone: in every secret that holds it."""
    possible = plan.issued()
    for key in keys:
        if key not in {name.key for name in possible}:
            known = ", ".join(sorted({name.key for name in possible})) or "none in this plan"
            raise refuse(f"{key!r} is no key that people are asked for; there is {known}")
    return [name for name in possible if name.key in keys]


def _chosen(plan: Plan, secrets: list[str]) -> list[str]:
    possible = plan.renewable()
    if not possible:
        raise refuse("no secret of this plan can be rotated: its database needs two app_roles to alternate between")
    for name in secrets:
        if name not in possible:
            raise refuse(f"{name!r} cannot be rotated; there is {', '.join(possible)}")
    return secrets or possible


def foretell(plan: Plan, secrets: list[str], here: str) -> Iterator[str]:
    """What will happen."""
    services = ", ".join(service.name for service in plan.services)
    if not secrets:
        return
    yield f"A new database login in {', '.join(secrets)}, worked on in {here}, which is active:"
    yield "  1. The user that is not in use gets a new password, staged in the secret of each region and tried there."
    yield f"  2. The secrets name it, and the tasks of {services} are replaced; the old ones go on until then."
    yield "  3. When the application is ready on it, the old user's password is replaced by one nobody knows."
    yield "While an incident is worked on it waits. An incident that comes meanwhile has precedence."


def foretell_tokens(plan: Plan, secrets: list[str]) -> Iterator[str]:
    """What will happen to the tokens of caches."""
    names = [cache.name for cache in plan.caches if cache.secret in secrets]
    if names:
        yield f"A new AUTH token for {', '.join(names)}, each region its own; both are valid until tasks are replaced."
        yield "  Then the old one is refused, and every connection to the cache is ended once: clients connect again."


def foretell_keys(keys: list[KeyName]) -> Iterator[str]:
    """What will happen to keys that only their issuer can change."""
    if keys:
        yield f"Asked for: {', '.join(map(str, keys))}. Only the issuer can change these:"
        yield "  What was handed over is tried at the issuer first. For the others people are told exactly what to do."
        yield "  The present key goes on until then, and the rotation does not wait: the key stays outstanding."


def active_region(plan: Plan) -> str:
    """By the newest record of those regions that answer."""
    answers = ask(plan, plan.regions.pair, read_state)
    states: list[RegionState] = [answer.value for answer in answers if answer.value is not None]
    if not states:
        raise refuse("; ".join(answer.silence or "no answer" for answer in answers))
    return max((state.record for state in states), key=lambda record: record.epoch).active_region
