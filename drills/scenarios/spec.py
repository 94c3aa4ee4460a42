"""One drill as a value: what happens, under which plan, what is expected of it, and what it proves with that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drills.engine.scenario import Scenario, run
from drills.engine.screen import Screen
from drills.results import targets
from drills.results.expect import Expectation
from drills.results.record import Recorded
from drills.scenarios import faults
from drills.scenarios.needs import Need, unmet
from drills.world import plan_variants
from drills.world.own_system import OwnSystem
from drills.world.world import World
from lyo_dr.model.plan import Plan

LOSS = Scenario(inject=faults.lose_primary)


@dataclass(frozen=True, kw_only=True)
class Drill:
    """One drill. ``expectations`` returns a sentence for each expectation it failed; none means it passed."""

    name: str
    proves: str
    scenario: Scenario = LOSS
    expectations: Expectation = targets.failures
    customer: Callable[[Plan], Plan] = plan_variants.as_it_is
    """What this drill changes in the plan it is given."""
    rehearsed: Callable[[Plan], Plan] = plan_variants.as_it_is
    """What it changes once more when the plan has been moved to loopback."""
    both_ways: bool = False
    """Whether each region can recover the other; else only the second, to save time."""
    needs: tuple[Need, ...] = ()
    """What it needs of the plan it is given."""
    must_fire: bool = True
    """Whether something is to be promoted; a drill in which nothing may be counts as fired when something was."""

    def missing(self, plan: Plan, own: OwnSystem) -> list[str]:
        """A sentence for each thing the plan lacks for this drill."""
        return [f"drill {self.name} {what}" for what in unmet(self.needs, self.customer(plan), own)]

    def run(self, world: World, screen: Screen) -> Recorded:
        """Let it happen to a world that works."""
        return run(self.name, self.scenario, world, screen)
