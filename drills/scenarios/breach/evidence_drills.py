"""Drills of evidence: it cannot be preserved, and it was tampered with."""

from __future__ import annotations

from dataclasses import replace

from drills.engine.scenario import Scenario
from drills.results import expect
from drills.scenarios import needs
from drills.scenarios.breach import breach, breach_expectations, evidence
from drills.scenarios.breach.breach_drills import BROKEN_INTO
from drills.scenarios.spec import Drill

EVIDENCE = (
    Drill(
        name="evidence-bucket-full",
        needs=(needs.a_breach_section, needs.the_demonstration),
        proves="A bucket of evidence that takes nothing stops nothing: the intruder is thrown out, the gaps are told.",
        scenario=replace(BROKEN_INTO, prepare=evidence.prepare_full),
        must_fire=False,
        expectations=expect.every(
            breach_expectations.thrown_out(),
            expect.said("PreserveDatabases", "^Not preserved: the file of database bookings: snapshot"),
            expect.said("PreserveTasks", "^Not preserved: the file of service assistant with "),
            expect.said("SealManifest", "^Evidence: 0 preserved, .* is only on the incident's record"),
        ),
    ),
    Drill(
        name="tampered-evidence",
        needs=(needs.a_breach_section, needs.the_demonstration),
        proves="Whoever touches evidence is found out: the entry is named, and the bucket lets nobody delete.",
        scenario=Scenario(prepare=breach.prepare, inject=breach.find_little, collect=evidence.tamper, in_active=True),
        must_fire=False,
        expectations=expect.every(
            breach_expectations.told_and_left_alone(),
            expect.collected("untouched", "^0: .* the manifest is intact"),
            expect.collected("deleted in the bucket", "^AccessDenied$"),
            expect.collected("file changed", r"^1: entry \d+ \(tasks/.*: the file was changed"),
            expect.collected("file missing", r"^1: entry \d+ \(tasks/.*: the file is missing"),
            expect.collected("file added", "^1: file tasks/alibi.json was added"),
            expect.collected("entry changed", "^1: entry 2 .* was changed"),
            expect.collected("entry taken out", "^1: entry 2 is missing"),
            expect.collected("entries exchanged", "^1: entry 1 .* was moved: it stands behind entry 2"),
            expect.collected("end cut off", "^1: the head .* is the hash of no line"),
        ),
    ),
)
"""In the order in which they are run."""
