"""The drills: what each breaks, what it expects, and what it proves with that."""

from __future__ import annotations

from drills.engine.scenario import Scenario
from drills.results import expect, targets
from drills.scenarios import faults, needs
from drills.scenarios.breach.breach_drills import BREACH
from drills.scenarios.breach.evidence_drills import EVIDENCE
from drills.scenarios.false_alarms.false_alarm_drills import FALSE_ALARMS
from drills.scenarios.issued_keys.leaked_key_drills import LEAKED_KEY
from drills.scenarios.region_loss import region_return
from drills.scenarios.region_loss.hooks import HOOKS
from drills.scenarios.region_loss.replicated_backups_drills import REPLICATED
from drills.scenarios.region_loss.second_failover_drills import SECOND_FAILOVER
from drills.scenarios.region_loss.silent_topics_drills import SILENT_TOPICS
from drills.scenarios.region_loss.skipped_check import SKIPPED_CHECK
from drills.scenarios.region_loss.unavailable_api import UNAVAILABLE_API
from drills.scenarios.restore import damage, reconciliation
from drills.scenarios.restore.cold_restore import COLD
from drills.scenarios.restore.dead_instance_drills import DEAD
from drills.scenarios.restore.delayed_replica_drills import DELAYED
from drills.scenarios.restore.reconciliation_drills import GIVEN_BACK, LEDGER
from drills.scenarios.restore.repeated_damage import AGAIN
from drills.scenarios.restore.search_drills import SEARCH
from drills.scenarios.restore.snapshot import SNAPSHOT
from drills.scenarios.rotation.rotation_drills import ROTATION
from drills.scenarios.spec import Drill
from drills.world import plan_variants

_RESTORED = expect.every(
    expect.ended("recovered"),
    expect.said("ChooseRecoveryPoint", "one transaction wrote .* rows of "),
    expect.back_before_the_damage(within_seconds=1),
    expect.bookings_resumed(),
    targets.in_scale,
    expect.traffic_stayed(),
    expect.afterwards_well(),
    expect.said("KeepDamaged", "is kept as .*-damaged-"),
    expect.said("ReplicateAgain", "streams from .*: protected again"),
)

_ALL = (
    Drill(
        name="region-loss",
        proves="A whole region goes at once, and the other one takes over within the targets, touched by nobody.",
    ),
    Drill(
        name="app-crash",
        proves="An app that dies while its database lives does not promote anything or move traffic.",
        must_fire=False,
        scenario=Scenario(inject=faults.crash_app, recover=faults.mend_app, primary_lives=True),
        expectations=expect.every(
            expect.ended("held"),
            expect.said("Triage", "^Nothing is promoted: the replica of .* still receives fresh heartbeats"),
            expect.silent("CheckGate", "FenceServices", "PromoteReplica", "ThrowLatch", "TakeAuthority"),
            expect.called("PromoteReadReplica", 0),
            expect.replica_stayed(),
            expect.traffic_stayed(),
            expect.bookings_resumed(),
            expect.nothing_lost(),
        ),
        rehearsed=plan_variants.budgets(triage=8),
    ),
    Drill(
        name="read-only-promotion",
        proves="A database that RDS calls promoted gets no traffic before it has taken a write.",
        scenario=Scenario(prepare=faults.skip_promotion, inject=faults.lose_primary),
        expectations=expect.every(
            expect.stopped_before_traffic(),
            expect.said("RecordFailure", "is still read-only although RDS reports it as promoted; traffic stays"),
            expect.carried_out("PromoteReadReplica", 1),
            expect.replica_stayed(),
        ),
        rehearsed=plan_variants.budgets(promotion=6),
    ),
    Drill(
        name="stuck-promotion",
        proves="A promotion that never ends stops the failover before traffic moves, and is not called twice.",
        scenario=Scenario(prepare=faults.stick_promotion, inject=faults.lose_primary),
        expectations=expect.every(
            expect.stopped_before_traffic(),
            expect.said("CheckPromotion", "^Notified responders: Promotion of bookings is slow$"),
            expect.said("RecordFailure", "is still modifying after the whole promotion budget"),
            expect.called("PromoteReadReplica", 1),
        ),
        rehearsed=plan_variants.budgets(promotion=6),
    ),
    Drill(
        name="manual",
        proves="With detection gone as well, a person starts the failover in the region that lives, and it recovers.",
        scenario=Scenario(inject=faults.lose_primary_and_detection, during=faults.start_by_hand),
        expectations=expect.every(
            targets.failures,
            expect.said("OpenIncident", "Incident opened by operator"),
            expect.never_called_by("Receive"),
        ),
    ),
    Drill(
        name="throttled",
        proves="With every second call in the recovery region throttled, the failover recovers all the same.",
        scenario=Scenario(inject=faults.lose_primary_under_throttling),
        expectations=expect.every(
            targets.failures_held_up,
            expect.hit_by("throttle", at_least=20),
            expect.carried_out("PromoteReadReplica", 1),
        ),
        rehearsed=plan_variants.patient,
    ),
    Drill(
        name="crash-loop",
        proves="Tasks of the standby that crash stop the failover before traffic moves, with the reasons they gave.",
        scenario=Scenario(prepare=faults.break_standby, inject=faults.lose_primary),
        expectations=expect.every(
            expect.stopped_before_traffic(),
            expect.said(
                "RecordFailure", r"PlacesNotRecovered: service .*\(stopped: Essential container in task exited"
            ),
            expect.all_promoted(),
        ),
        rehearsed=plan_variants.budgets(capacity=8),
    ),
    Drill(
        name="many",
        proves="Three databases and five services recover side by side in one failover.",
        customer=plan_variants.many,
        expectations=expect.every(
            targets.failures,
            expect.carried_out("PromoteReadReplica", 3),
            expect.all_promoted(),
            expect.all_services_run(),
            expect.said("JudgeComponents", r"^Databases promoted: 3, services stable: 5"),
        ),
    ),
    Drill(
        name="worker",
        proves="Workers without a port follow: one not before authority is taken, one that traffic does not wait for.",
        customer=plan_variants.with_workers,
        expectations=expect.every(
            targets.failures,
            expect.all_services_run(),
            expect.said("RaiseCapacity", "^jobs runs once: it is raised when .* has taken authority$"),
            expect.said("RaiseCapacity", "^Service jobs is scaled up from 0 to 1 task$"),
            expect.said("JudgeComponents", "raised after authority is taken: jobs$"),
            expect.said("CheckEndpoints", "running as planned: jobs, reports"),
        ),
    ),
    Drill(
        name="region-loss-record",
        proves="Where traffic moves by changing the record, it is changed once, from the value that is expected.",
        customer=plan_variants.by_record,
        expectations=expect.every(
            targets.failures_by_record,
            expect.carried_out("ChangeResourceRecordSets", 1),
            expect.said("CheckChange", "^The change is in sync on all Route 53 name servers"),
            expect.silent("ThrowLatch"),
        ),
    ),
    Drill(
        name="two-names",
        proves="Two names with one latch: both lead to the recovery region, and the incident waits for both.",
        customer=plan_variants.with_two_names,
        expectations=expect.every(
            targets.failures,
            expect.said("CheckTraffic", r"^api\.[^ ]+ resolves to us-west-2 .*; shop\.[^ ]+ resolves to us-west-2 "),
        ),
    ),
    Drill(
        name="region-return",
        proves="The lost region comes back writable: it fences itself, nothing moves back, divergent rows are listed.",
        scenario=Scenario(
            inject=faults.cut_link_and_lose_primary, recover=region_return.bring_back, collect=region_return.collect
        ),
        expectations=expect.every(
            targets.failures,
            region_return.fenced(),
            region_return.stayed(),
            region_return.untouched(),
            region_return.divergence_told(),
            expect.carried_out("PromoteReadReplica", 1),
            expect.said("FenceDeposed", "^Fence of .* confirmed"),
            expect.said("CountDivergence", "exist only in the deposed database"),
        ),
    ),
    Drill(
        name="bad-migration",
        needs=(needs.a_table, needs.its_schema),
        must_fire=False,
        proves="Data overwritten among live bookings is back at the second before, and later bookings are given back.",
        scenario=Scenario(
            inject=damage.migrate_badly,
            during=damage.say_data_is_wrong,
            recover=reconciliation.give_back,
            collect=damage.collect,
            in_active=True,
        ),
        expectations=expect.every(_RESTORED, GIVEN_BACK),
    ),
    Drill(
        name="bad-migration-unattended",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="The integrity questions find the damage, and where the plan allows it, nobody has to do anything.",
        scenario=Scenario(inject=damage.migrate_badly, recover=damage.book_on, collect=damage.collect, in_active=True),
        expectations=expect.every(_RESTORED, expect.said("OpenIncident", "opened by integrity")),
        customer=plan_variants.restoring(start="automatic"),
    ),
    Drill(
        name="secret-with-extra-keys",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="A secret keeps every byte but the address, whatever else people have written into it.",
        scenario=Scenario(
            prepare=damage.spoil_secret,
            inject=damage.migrate_badly,
            during=damage.say_data_is_wrong,
            recover=damage.book_on,
            collect=damage.collect,
            in_active=True,
        ),
        expectations=expect.every(_RESTORED, expect.collected("secret", damage.ODD_SECRET)),
    ),
    Drill(
        name="restore-too-late",
        needs=(needs.a_table, needs.its_schema),
        must_fire=False,
        proves="A moment after the damage is refused with the nearest good one, before anything is stopped.",
        scenario=Scenario(
            inject=damage.migrate_badly,
            during=damage.say_a_moment_that_is_too_late,
            collect=damage.collect,
            in_active=True,
        ),
        expectations=expect.every(
            expect.ended("failed"),
            expect.said("ChooseRecoveryPoint", "is after the damage .* the nearest recovery point is 20"),
            expect.said("AnnounceFailure", "ACTION NEEDED"),
            expect.silent("StopDamage", "RestoreToNewInstance", "PointSecrets"),
            expect.called("RestoreDBInstanceToPointInTime", 0),
            expect.traffic_stayed(),
            expect.nothing_lost(),
        ),
    ),
)

_CATALOGUE = (
    *_ALL,
    *SNAPSHOT,
    *COLD,
    *LEDGER,
    *DEAD,
    *REPLICATED,
    *SEARCH,
    *DELAYED,
    *AGAIN,
    *FALSE_ALARMS,
    *SECOND_FAILOVER,
    *SKIPPED_CHECK,
    *UNAVAILABLE_API,
    *SILENT_TOPICS,
    *HOOKS,
    *ROTATION,
    *LEAKED_KEY,
    *BREACH,
    *EVIDENCE,
)

DRILLS: dict[str, Drill] = {drill.name: drill for drill in _CATALOGUE}
"""Every drill by name, in the order in which all of them are run."""
