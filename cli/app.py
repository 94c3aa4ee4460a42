"""``lyo-dr``: rehearse a disaster, check the plan, start and follow an incident; the same words here and on AWS."""

from __future__ import annotations

from collections.abc import Sized
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.commands.answers import OPERATOR_COMMANDS
from cli.commands.breach import breach_app
from cli.commands.evidence import evidence_app
from cli.commands.hand_over import hand_over
from cli.commands.replay import replay
from cli.commands.rotate import rotate
from cli.commands.start import start
from cli.output import console, refuse, say
from cli.overview import OVERVIEW
from cli.plan_file import PLAN_FILE, PlanOption, RegionOption, aws_plan, load_plan, plan_schema, regions_of

ALL = "all"
"""Not a drill: every drill of the catalogue, one after the other."""

app = typer.Typer(
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Disaster recovery on AWS, rehearsed on a laptop.",
)
plan_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="The plan: what to protect, where to recover, within which limits.",
)
app.add_typer(plan_app, name="plan")
app.add_typer(breach_app, name="breach")
app.add_typer(evidence_app, name="evidence")

for command in (start, *OPERATOR_COMMANDS, rotate, hand_over, replay):
    app.command()(command)


@app.callback(invoke_without_command=True)
def overview(context: typer.Context) -> None:
    """Disaster recovery on AWS, rehearsed on a laptop.

    Without a command: a short overview with the commands most people want.
    """
    if context.invoked_subcommand is None:
        console().out(OVERVIEW, end="", highlight=False)


@app.command()
def drill(
    name: Annotated[str, typer.Argument(help="Which disaster; --list names them, all plays each.")] = "region-loss",
    plan: PlanOption = PLAN_FILE,
    results: Annotated[Path, typer.Option(help="Where results go, in a folder of the drill's name.")] = Path("results"),
    list_: Annotated[bool, typer.Option("--list", help="Say which drills there are and what each proves.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="No disaster: keep the local AWS until Ctrl-C, and say how to use it.")
    ] = False,
    aws_timing: Annotated[
        bool,
        typer.Option("--aws-timing", help="Let promotions, tasks and backups take as long as a model of AWS says."),
    ] = False,
) -> None:
    """Let a disaster happen to a local copy of everything, and recover from it.

    The templates, state machines and handlers are those that run on AWS,
    against real PostgreSQL, a real app and real DNS on this machine.
    No account, no credentials, no network.

    \b
    Examples:
      lyo-dr drill                          lose the primary region
      lyo-dr drill --list                   which other disasters there are
      lyo-dr drill all                      each of them, and one table at the end
      lyo-dr drill region-loss --plan my.yaml --results my-drills
      lyo-dr drill --aws-timing             wait as long as a model of AWS does
      lyo-dr drill --keep                   a local AWS to try everything on

    \b
    Exit codes:
      0    every target of the plan was met (--keep: ended on request)
      1    a target was missed
      2    the drill could not be run; a sentence says why
      130  stopped by Ctrl-C; everything that was started is ended
    """
    if list_:
        _list_drills()
        return
    loaded = load_plan(plan)
    _preflight(None if keep else results)
    if keep:
        from drills.keep_running import keep as keep_world

        raise typer.Exit(keep_world(loaded, console()))
    if name == ALL and aws_timing:
        raise refuse("--aws-timing is for one drill at a time; name it, or leave the option out")
    if name == ALL:
        from drills.run_all import run_all

        raise typer.Exit(run_all(loaded, results, console()))
    _must_exist(name)
    from drills.run import run_drill  # imported here: it loads a database driver and an AWS client

    raise typer.Exit(run_drill(name, loaded, results, console(), aws_timing=aws_timing))


def _list_drills() -> None:
    from drills.scenarios.catalogue import DRILLS

    width = max(map(len, DRILLS))
    for name, found in DRILLS.items():
        console().print(Text(f"{name:<{width}}  ", "bold") + Text(found.proves))


def _must_exist(name: str) -> None:
    from drills.scenarios.catalogue import DRILLS

    if name not in DRILLS:
        raise refuse(f"there is no drill {name!r}; there is {', '.join(DRILLS)}, and {ALL} for each of them")


def _preflight(results: Path | None) -> None:
    from cli.preflight import obstacles

    found = list(obstacles(results))
    if found:
        raise refuse("; ".join(found))


@plan_app.command("check")
def check(
    plan: PlanOption = PLAN_FILE,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON schema of a plan instead, for editors.")
    ] = False,
) -> None:
    """Name every fault of the plan at once, each with its place and a remedy.

    Nothing is sent anywhere.

    \b
    Examples:
      lyo-dr plan check
      lyo-dr plan check --plan my.yaml
      lyo-dr plan check --json-schema > plan.schema.json
    An editor with YAML support uses the schema when the plan begins with
      # yaml-language-server: $schema=plan.schema.json

    \b
    Exit codes:
      0  the plan can be used
      2  it cannot; each fault is a sentence
    """
    if json_schema:
        typer.echo(plan_schema())
        return
    loaded = load_plan(plan)
    protected = f"{_count(loaded.databases, 'database')} and {_count(loaded.services, 'service')}"
    say(f"{plan} is complete: {protected}, {loaded.regions.primary} recovers in {loaded.regions.secondary}.")


def _count(things: Sized, what: str) -> str:
    return f"{len(things)} {what}{'' if len(things) == 1 else 's'}"


@app.command()
def status(plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Who is active, who works, and what runs: asked in both regions at once.

    A region that does not answer within some seconds is said to be silent,
    and the other one is shown.

    \b
    Examples:
      lyo-dr status
      lyo-dr status --region us-west-2

    \b
    Exit codes:
      0  at least one region answered
      2  none did; a sentence says why
    """
    from cli.operations.status import status as show_status

    loaded = aws_plan(plan)
    if not show_status(loaded, regions_of(loaded.regions.pair, region)):
        raise typer.Exit(2)


@app.command()
def timeline(
    incident: Annotated[str | None, typer.Argument(help="Its id. Default: the newest.")] = None,
    plan: PlanOption = PLAN_FILE,
    region: RegionOption = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the incident has ended.")] = False,
) -> None:
    """What an incident did, when and why: one sentence per step.

    \b
    Examples:
      lyo-dr timeline                    the newest incident
      lyo-dr timeline --follow           and what is still to come
      lyo-dr timeline operator-eu-west-1-20260329T120000 --region us-west-2

    \b
    Exit codes:
      0    shown (--follow: the incident has ended well)
      1    --follow: the incident failed
      2    there is no such incident, or no region answered
      130  stopped by Ctrl-C; the incident goes on
    """
    from cli.operations.timeline import timeline as show_timeline

    loaded = aws_plan(plan)
    regions = regions_of(loaded.regions.pair, region)
    raise typer.Exit(show_timeline(loaded, incident, regions, follow=follow))


def main() -> None:
    """The entry point of the command."""
    app(prog_name="lyo-dr")
