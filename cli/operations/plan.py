"""``lyo-dr plan check``: report the faults of a plan, or print its JSON schema."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import typer

from cli.environment import settings
from cli.output import counted, say
from cli.plan_file import print_sentences
from cli.schema import schema
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan, Residency
from lyo_dr.model.plan.stages import failover_stages, failover_time


def check(path: Path, *, strict: bool, database: bool) -> None:
    """Report that the plan is complete; typer.Exit(2) after its faults, or with ``strict`` after its warnings.

    With ``database`` its databases are asked as well: typer.Exit(1) where one does not fit.
    """
    from cli.plan_reader import UnusablePlan
    from cli.plan_reader import check as check_file

    try:
        found = check_file(path, settings=settings())
    except UnusablePlan as unusable:
        print_sentences(unusable.faults)
        raise typer.Exit(2) from None
    plan = found.plan
    print_sentences([f"{warning} (warning)" for warning in found.warnings])
    if found.warnings and strict:
        raise typer.Exit(2)
    protected = f"{counted(len(plan.databases), 'database')} and {counted(len(plan.services), 'service')}"
    warned = f", with {counted(len(found.warnings), 'warning')}" if found.warnings else ""
    say(f"{path} is complete{warned}: {protected}, {plan.regions.primary} recovers in {plan.regions.secondary}.")
    say(_budgets(plan))
    say(_ordinarily(plan))
    if plan.residency is not None:
        say(_residency(plan.residency))
    if database:
        from cli.operations.plan_database import ask

        raise typer.Exit(ask(found))


def _budgets(plan: Plan) -> str:
    """The budgets of a failover as a sum, and the field that changes it most."""
    stages, total, rto = failover_stages(plan), failover_time(plan), plan.objectives.rto
    longest = max(stages, key=lambda stage: stage.lasts)
    return (
        f"A failover may take {humanize(total)} of the RTO of {humanize(rto)}: {' + '.join(map(str, stages))}; "
        f"{longest.lever} weighs most."
    )


def _ordinarily(plan: Plan) -> str:
    """What the model of AWS expects of the same failover, from the loss on: budgets begin at the alarm."""
    from drills.durations.outage import failover_on_aws

    low, typical, high = (timedelta(seconds=round(seconds)) for seconds in failover_on_aws(plan))
    return (
        f"By the model of AWS (docs/drills.md) it ordinarily takes {humanize(typical)}, {humanize(low)} to "
        f"{humanize(high)}, from the loss to users who are served again."
    )


def _residency(part: Residency) -> str:
    """What holds, and what nobody can tell from a plan."""
    excepted = "; ".join(f"{each.what}: {each.why}" for each in part.exceptions)
    area = " and ".join(part.within)
    return (
        f"Data stays within {area}{f', but for {excepted}' if excepted else ''}. Not judged: where mailboxes, the "
        "status page and issuers of keys are; Route 53 and IAM are global and hold names of yours only."
    )


def print_schema() -> None:
    """Print shapes, names and descriptions; the rules between fields are checked by ``check``."""
    typer.echo(json.dumps(schema(), indent=2))
