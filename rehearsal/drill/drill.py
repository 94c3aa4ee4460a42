"""One drill as a value: what happens, under which plan, what is expected of it, and what it proves with that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lyo_dr.model.plan import Plan
from rehearsal.drill import breakage, judge, plans
from rehearsal.drill.expect import Judge
from rehearsal.drill.record import Recorded
from rehearsal.drill.scenario import Scenario, play
from rehearsal.drill.show import Screen
from rehearsal.drill.world import World

LOSS = Scenario(strike=breakage.lose_primary)


@dataclass(frozen=True, kw_only=True)
class Drill:
    """One drill. ``judge`` gives a sentence for each expectation that was missed; none means it passed."""

    name: str
    proves: str
    scenario: Scenario = LOSS
    judge: Judge = judge.misses
    customer: Callable[[Plan], Plan] = plans.as_it_is
    """What this drill changes in the plan it is given."""
    rehearsed: Callable[[Plan], Plan] = plans.as_it_is
    """What it changes once more when the plan has been moved to loopback."""
    both_ways: bool = False
    """Whether each region can recover the other; else only the second, to save time."""
    must_fire: bool = True
    """Whether something is to be promoted; a drill in which nothing may be counts as fired when something was."""

    def run(self, world: World, screen: Screen) -> Recorded:
        """Let it happen to a world that works."""
        return play(self.name, self.scenario, world, screen)
