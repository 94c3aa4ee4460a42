"""``lyo-dr rotate``: rotate the secrets of the application, in the active region."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from cli.aws_errors import explain
from cli.identity import caller_name, check_account
from cli.operations.status import RegionState, read_state
from cli.output import confirm, hint, paste, refuse, say
from cli.region_view import ask, failures
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.decisions.common.outstanding import names_of
from lyo_dr.decisions.rotation.opening import nothing_to_rotate
from lyo_dr.errors import LyoDrError
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.model.rotation import HOLDER, RotationRequest

MACHINE = "secret_rotation"


def rotate(plan: Plan, secrets: list[str], keys: list[str], by: str | None, *, ask_first: bool) -> int:
    """Start a rotation; 0 started, 1 not confirmed. Raises typer.Exit(2)."""
    asked = _keys(plan, keys)
    chosen = [] if asked and not secrets else _chosen(plan, secrets)
    everything = not secrets and not asked
    here = active_region(plan)
    if chosen:
        logins = [secret.name for secret in plan.rotatable() if secret.name in chosen]
        for sentence in [*preview(plan, logins, here), *preview_tokens(plan, chosen)]:
            say(sentence)
    for sentence in preview_keys(list(plan.issued()) if everything else asked):
        say(sentence)
    if everything and plan.by_hand():
        say(f"Nothing rotates {names_of(plan.by_hand())}: it stays outstanding until you say `lyo-dr key-done`.")
    if ask_first and not confirm("Rotate?"):
        say("Nothing was started.")
        return 1
    return start(plan, RotationRequest(by=caller_name(here, by), secrets=secrets, keys=asked), here)


def start(plan: Plan, request: RotationRequest, here: str) -> int:
    """Start the state machine, and say how to follow it; 0. Raises typer.Exit(2)."""
    name = f"operator-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    text = msgspec.json.encode(request, order="deterministic").decode()
    try:
        check_account(plan, here)
        stepfunctions.start(ResourceNames(plan, here).machine(MACHINE), name, text, here)
    except LyoDrError as refusal:
        raise refuse(f"nothing was started in {here}: {explain(refusal, here)}") from None
    say(f"Started in {here}: {HOLDER}{name}", "bold green")
    say("Show its timeline:")
    paste(f"  lyo-dr timeline {HOLDER}{name} --region {here}")
    return 0


def _keys(plan: Plan, keys: list[str]) -> list[KeyName]:
    """Resolve keys by name: in every secret that holds one. Raises typer.Exit(2)."""
    possible = plan.issued()
    for key in keys:
        if key not in {name.key for name in possible}:
            known = ", ".join(sorted({name.key for name in possible})) or "none: this plan has no such keys"
            raise refuse(f"{key!r} is not a manually issued key; choose {known}")
    return [name for name in possible if name.key in keys]


def _chosen(plan: Plan, secrets: list[str]) -> list[str]:
    possible = plan.renewable()
    if not possible:
        raise refuse(f"no secret of this plan can be rotated: {nothing_to_rotate(plan)}")
    for name in secrets:
        if name not in possible:
            why = f" ({plan.not_rotatable()[name]})" if name in plan.not_rotatable() else ""
            raise refuse(f"{name!r} cannot be rotated{why}; choose {' or '.join(possible)}")
    return secrets or possible


def preview(plan: Plan, secrets: list[str], here: str) -> Iterator[str]:
    """Say what will happen to the logins."""
    services = ", ".join(service.name for service in plan.services)
    if not secrets:
        return
    yield f"A new database login in {', '.join(secrets)}, handled in {here}, the active region:"
    yield "  1. The user not in use gets a new password, staged in the secret of each region and tested there."
    yield f"  2. The secrets switch to it, and the tasks of {services} are replaced; the old ones run until then."
    yield "  3. When the application is ready with it, the old user's password is replaced by a random one, not stored."
    yield "It waits while an incident is running. A new incident takes precedence."


def preview_tokens(plan: Plan, secrets: list[str]) -> Iterator[str]:
    """Say what will happen to the tokens of caches."""
    names = [cache.name for cache in plan.caches if cache.secret in secrets]
    if names:
        yield f"A new AUTH token for {', '.join(names)}, one per region; both are valid until tasks are replaced."
        yield "  Then the old one is rejected, and every connection to the cache is closed once: clients reconnect."


def preview_keys(keys: list[KeyName]) -> Iterator[str]:
    """Say what will happen to keys that only their issuer can replace."""
    if keys:
        yield f"New keys needed: {', '.join(map(str, keys))}. Only the issuer can replace these:"
        yield "  A key already handed over is tested at the issuer first. For the others responders get instructions."
        yield "  The present key stays in use, and the rotation does not wait: the key stays outstanding."


def active_region(plan: Plan) -> str:
    """Find the active region by the newest record of the regions that answer. Raises typer.Exit(2)."""
    answers = ask(plan, plan.regions.pair, read_state)
    states: list[RegionState] = [answer.value for answer in answers if answer.value is not None]
    if not states:
        raise refuse("nothing was started: which region is active is not known", *failures(answers))
    for failure in failures(answers):
        hint(failure)
    return max((state.record for state in states), key=lambda record: record.epoch).active_region
