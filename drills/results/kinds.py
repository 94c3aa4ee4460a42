"""What kind of drill it was, by what the product did in it: a report tells of a restore as of a restore."""

from __future__ import annotations

from typing import Literal

from drills.results.record import FIRED, Recorded
from lyo_dr.model.rotation import HOLDER

Kind = Literal["failover", "restore", "rotation", "breach", "quiet"]
"""``quiet``: nothing was to be changed, and nothing was."""

BREACH_NOTES = "figures"
"""Under this name a drill of a breach notes when its milestones were reached."""
_BREACH = {"AssessBreach", "AnnounceBreach", "BlockAddresses", "SealManifest", "JudgeBreach", "ConcludeBreach"}
_RESTORE = {
    *("ReadEvidence", "ChooseRecoveryPoint", "HoldDelayed", "AnnounceRestore", "StopDamage", "RestoreToNewInstance"),
    *("ChooseDelayed", "PromoteDelayed", "PointSecrets", "ConcludeRestore"),
}


def kind_of(recorded: Recorded) -> Kind:
    """Breach before failover before restore before rotation: the former may run the latter."""
    steps = {line.step for line in recorded.timeline}
    if BREACH_NOTES in recorded.notes or steps & _BREACH:
        return "breach"
    if recorded.lost_region and steps & FIRED:
        return "failover"
    if steps & _RESTORE:
        return "restore"
    if steps & FIRED:
        return "failover"
    if recorded.incident_id.startswith(HOLDER) or "rotation" in recorded.found:
        return "rotation"
    return "quiet"
