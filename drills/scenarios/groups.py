"""The drills by disaster, as ``lyo-dr drill --list`` shows them."""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "A region is lost, and the other one takes over": (
        "region-loss",
        "region-loss-record",
        "many",
        "throttled",
        "us-east-1-down",
        "manual",
        "long-outage",
    ),
    "It only looks like a lost region, and nothing may fire": (
        "app-crash",
        "blip",
        "brownout",
        "database-restart",
        "flapping",
        "cut-off",
        "recovery-region-down",
        "returns-mid-flight",
    ),
    "Approval is needed, once, for a stated loss": (
        "lagging-replica",
        "two-operators",
        "duplicate-alarms",
        "second-disaster",
    ),
    "The recovery itself fails, and stops before traffic moves": (
        "stuck-promotion",
        "read-only-promotion",
        "crash-loop",
    ),
    "A failed recovery is taken up again": ("resume-failed",),
    "The lost region comes back": ("region-return", "returns-too-late"),
    "The data is wrong, and the region is alive": (
        "bad-migration",
        "bad-migration-unattended",
        "runaway-delete",
        "read-only-restore",
        "no-evidence",
        "delayed-replica",
        "delayed-replica-replays",
        "damaged-again",
        "restored-and-region-loss",
        "interrupted-restore",
        "secret-with-extra-keys",
        "restore-too-late",
        "restore-snapshot",
    ),
    "The database instance is dead, or only fails over": ("dead-instance", "zone-failover"),
    "The replica is damaged or gone, then the region is lost": ("corrupt-and-region-loss", "replica-gone"),
    "Secrets are rotated under load": (
        "rotation",
        "rotation-interrupted",
        "stuck-pending",
        "redis-rotation",
        "redis-refuses",
        "rotation-during-failover",
    ),
    "A key of an outside issuer leaks": ("leaked-key-only",),
    "A security breach, or what looks like one": (
        "breach",
        "breach-unattended",
        "false-finding",
        "web-acl-alarm",
        "evidence-bucket-full",
        "tampered-evidence",
    ),
}
"""Each drill of the catalogue is in one group."""
