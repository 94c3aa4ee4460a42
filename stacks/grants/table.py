"""Who may do what: one row per function. A function without a row cannot be synthesised.

The verbs: ``describe`` is a read of the control plane, ``read`` a read of data, ``invoke`` a call of another function.
"""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import (
    breach,
    caches,
    communications,
    databases,
    delayed,
    evidence,
    followed_keys,
    hooks,
    instances,
    issued,
    journal,
    ledger,
    metrics,
    monitoring,
    people,
    restore,
    rotation,
    secret_keys,
    services,
    traffic,
)
from stacks.grants.grant import Grant, Part

_ROLL_BACK: tuple[Part, ...] = (
    journal.query,
    journal.lease,
    instances.describe_successors,
    restore.point_secrets,
    services.scale_back,
    restore.invoke_let_app_write,
    delayed.invoke_replay,
    delayed.set_delay,
)
"""Of the two steps that roll a restore back: its own, and that of the incident when the restore was timed out."""

TABLE: dict[str, dict[str, tuple[Part, ...]]] = {
    "incident_response": {
        "Receive": (people.start_incident, people.start_incident_in_peer),
        "OpenIncident": (journal.full, journal.lease, people.notify),
        "Triage": (journal.query,),
        "TriageDatabase": (journal.write, journal.lease, instances.describe_current, monitoring.invoke_checks),
        "AnnounceIncident": (journal.write, people.notify),
        "ValidateOutcome": (journal.write,),
        "CloseIncident": (journal.update, journal.lease),
        "AnnounceOutcome": (journal.write, people.notify),
        "PutBackRestore": _ROLL_BACK,
        "RecordFailure": (journal.full,),
        "AnnounceFailure": (journal.write, people.notify),
        "SettleLease": (journal.write, journal.lease),
    },
    "region_failover": {
        "CheckGate": (journal.full, databases.describe, monitoring.invoke_read_integrity, instances.describe_windows),
        "ConfirmRegionLost": (journal.query,),
        "JudgeComponents": (journal.append,),
        "LiftFence": (journal.query, services.lift_fence_in_peer, people.notify),
        "UndoPreparation": (journal.query, services.scale_back, people.notify),
    },
    "run_hooks": {
        "CallHook": (journal.query, hooks.call),
    },
    "await_consent": {
        "AskConsent": (journal.write, journal.lease, people.notify),
        "PrepareStandby": (journal.write, journal.lease, services.scale),
        "TakeAnswer": (journal.update, journal.lease),
    },
    "operator": {
        "AnswerOperator": (
            journal.full,
            people.send_answers,
            journal.write_in_peer,
            databases.describe_in_peer,
            instances.describe_peer_windows,
            metrics.put,
            ledger.start_replay,
            breach.invoke_lift_containment,
        ),
    },
    "gather_facts": {
        "ProbeRegions": (),
        "ReadReplica": (databases.read_login,),
        "RecordLook": (journal.keep_samples,),
    },
    "fence_region": {
        "FenceServices": (journal.query, services.scale_in_peer),
    },
    "promote_database": {
        "PromoteReplica": (journal.write, databases.promote),
        "CheckPromotion": (journal.write, databases.describe, people.notify),
        "ProveByWrite": (databases.read_login,),
        "AcceptProof": (journal.write,),
    },
    "deploy_service": {
        "RaiseCapacity": (journal.write, journal.lease, services.scale),
        "CheckCapacity": (
            journal.write,
            journal.lease,
            services.scale,
            services.describe_with_tasks,
            people.notify,
        ),
    },
    "switch_traffic": {
        "TakeAuthority": (journal.update,),
        "ThrowLatch": (journal.write, traffic.set_latch),
        "ChangeRecord": (journal.write, traffic.change_record),
        "CheckChange": (journal.write, traffic.describe_change),
        "CheckTraffic": (journal.write, traffic.set_latch),
    },
    "validate_recovery": {
        "CheckEndpoints": (journal.write, journal.lease, services.validate),
    },
    "protect_database": {
        "ApplyProtection": (journal.write, databases.modify, restore.protect_restored),
        "CheckProtection": (journal.write, databases.describe, instances.describe_restored),
        "AnnounceUnprotected": (journal.write, people.notify),
    },
    "secret_rotation": {
        "OpenRotation": (journal.update, journal.lease, services.describe, people.notify),
        "TestKey": (journal.write, journal.lease, issued.read_keys, issued.describe_versions),
        "AskForKey": (journal.write, journal.lease, people.notify),
        "FinishKey": (journal.write, journal.lease, issued.replace_keys),
        "StageToken": (journal.write, journal.lease, caches.stage_tokens),
        "RotateToken": (
            journal.write,
            journal.lease,
            caches.change_tokens,
            caches.read_tokens,
            caches.invoke_try_token,
        ),
        "FinishToken": (journal.write, journal.lease, caches.finish_tokens),
        "CreateSecret": (journal.write, journal.lease, rotation.stage_secrets),
        "SetSecret": (journal.write, journal.lease, rotation.invoke_set_password),
        "TestSecret": (journal.write, journal.lease, rotation.invoke_try_login),
        "FinishSecret": (journal.write, journal.lease, rotation.move_labels),
        "RedeployServices": (journal.write, journal.lease, rotation.redeploy),
        "CheckRedeployment": (journal.write, journal.lease, services.describe_with_tasks),
        "RetireLogin": (journal.write, journal.lease, rotation.invoke_retire_user),
        "ProveRetired": (journal.write, journal.lease, rotation.invoke_try_login),
        "RetireToken": (
            journal.write,
            journal.lease,
            caches.change_tokens,
            caches.read_tokens,
            caches.forget_former_tokens,
            caches.invoke_try_token,
            caches.invoke_end_sessions,
        ),
        "ProveKey": (journal.write, journal.lease, issued.read_keys, people.notify),
        "CloseRotation": (journal.update, journal.lease, rotation.move_labels, people.notify),
        "AnnounceRotationFailure": (journal.update, journal.lease, people.notify),
        "SetPassword": (databases.read_login, rotation.read_login),
        "TryLogin": (databases.read_login, rotation.read_login),
        "RetireUser": (databases.read_login, rotation.read_login),
        "TryToken": (caches.read_secrets,),
        "EndCacheSessions": (caches.read_secrets,),
    },
    "breach_response": {
        "JudgeBreach": (journal.update, services.describe),
        "AnnounceBreach": (journal.write, people.notify),
        "BlockAddresses": (journal.update, breach.change_ip_sets),
        "OpenGate": (journal.update,),
        "RenewTasks": (journal.write, breach.replace_tasks),
        "CheckTasks": (journal.write, services.describe_with_tasks),
        "RevokeSessions": (journal.write, breach.revoke_sessions),
        "IsolateGroups": (journal.write, breach.empty_groups),
        "ProveContained": (
            journal.write,
            breach.read_copies,
            rotation.invoke_try_login,
            breach.invoke_read_access,
            breach.describe_blocks,
            breach.describe_revoked,
        ),
        "AssessBreach": (journal.write, breach.invoke_read_access, people.notify),
        "ConcludeBreach": (journal.write, people.notify),
        "AnnounceBreachFailure": (journal.write, people.notify),
        "ReadAccess": (databases.read_login,),
        "LiftContainment": (journal.list_append_update, breach.change_ip_sets, breach.fill_groups),
    },
    "database_restore": {
        "HoldDelayed": (journal.write, journal.lease, delayed.describe, delayed.invoke_replay),
        "HoldReplay": (databases.read_login,),
        "ReadEvidence": (databases.read_login,),
        "ChooseRecoveryPoint": (journal.full, journal.lease, instances.describe_backups, instances.describe_current),
        "AnnounceRestore": (journal.write, people.notify),
        "StopDamage": (journal.write, journal.lease, services.scale, restore.invoke_let_app_write),
        "LetAppWrite": (databases.read_login,),
        "PreserveEvidence": (journal.query, journal.lease, instances.describe_snapshots, restore.take_snapshots),
        "ChooseDelayed": (journal.query, journal.lease, instances.describe_successors, delayed.invoke_replay),
        "AdvanceDelayed": (journal.query, journal.lease, delayed.describe, delayed.invoke_replay, delayed.set_delay),
        "PromoteDelayed": (journal.query, journal.lease, delayed.describe, delayed.promote, delayed.set_delay),
        "RestoreInstead": (journal.query, journal.lease, delayed.describe, delayed.invoke_replay, delayed.set_delay),
        "RestoreToNewInstance": (
            journal.query,
            journal.lease,
            instances.describe_current,
            instances.describe_windows,
            restore.restore_instances,
        ),
        "ReadRestored": (databases.read_login,),
        "JudgeRestored": (journal.query, journal.lease, instances.describe_backups),
        "WarmTables": (databases.read_login,),
        "AlignLogins": (databases.read_login, rotation.read_login),
        "PointSecrets": (journal.write, journal.lease, restore.point_secrets, restore.invoke_let_app_write),
        "RenewTasks": (journal.write, journal.lease, rotation.redeploy, services.describe),
        "ConcludeRestore": (journal.full, journal.lease),
        "PutBack": _ROLL_BACK,
    },
    "restore_replicated": {
        "ReadEvidence": (databases.read_login,),
        "ChooseRecoveryPoint": (journal.full, instances.describe_windows),
        "RestoreToNewInstance": (
            journal.query,
            instances.describe_planned,
            instances.describe_restored,
            instances.describe_windows,
            restore.restore_replicated_backups,
        ),
        "WarmTables": (databases.read_login,),
        "ReadRestored": (databases.read_login,),
        "JudgeRestored": (journal.query, instances.describe_windows),
        "AlignLogins": (databases.read_login, rotation.read_login),
        "PointSecrets": (journal.write, restore.point_secrets),
        "ProveByWrite": (databases.read_login,),
        "AcceptProof": (journal.write,),
        "RenewServices": (journal.write, rotation.redeploy, services.describe),
    },
    "preserve_breach": {
        "PreserveDatabases": (
            journal.write,
            instances.describe_current,
            instances.describe_snapshots,
            restore.take_snapshots,
            evidence.write,
        ),
        "PreserveTasks": (journal.write, evidence.describe_tasks, evidence.write),
        "PreserveSecrets": (journal.write, evidence.describe_versions, evidence.write),
        "PreserveActions": (journal.write, evidence.read_actions, evidence.describe_trail, evidence.write),
        "PreserveRequests": (journal.write, evidence.read_requests, evidence.write),
        "CopyLogs": (journal.query, evidence.read_logs, evidence.write),
        "SealManifest": (journal.list_append_update, evidence.write),
    },
    "finish_evidence": {
        "PreserveLate": (journal.write, instances.describe_snapshots, evidence.read_actions, evidence.write),
        "ExportLogs": (journal.write, evidence.export_logs, evidence.read),
        "SealAgain": (journal.list_append_update, evidence.write),
    },
    "search_recovery_point": {
        "PlanProbes": (journal.query, journal.lease, instances.describe_restored, restore.delete_probes),
        "RestoreProbe": (
            journal.write,
            journal.lease,
            instances.describe_current,
            instances.describe_windows,
            restore.restore_probes,
        ),
        "ReadProbe": (databases.read_login,),
        "JudgeProbe": (journal.query, journal.lease),
        "CloseSearch": (
            journal.full,
            journal.lease,
            instances.describe_current,
            restore.delete_probes,
            restore.keep_probe,
        ),
    },
    "protect_restored": {
        "AddZone": (
            journal.query,
            instances.describe_current,
            instances.describe_damaged,
            restore.protect_successors,
            delayed.inherit_settings,
        ),
        "KeepDamaged": (
            journal.query,
            instances.describe_current,
            instances.describe_damaged,
            instances.describe_snapshots,
            restore.rename_damaged,
        ),
        "ReplicateAgain": (
            journal.update,
            instances.describe_successors,
            instances.describe_peer_replicas,
            instances.describe_peer_windows,
            restore.replicate_in_peer,
            restore.point_secrets_in_peer,
        ),
        "AnnounceUnprotected": (journal.write, people.notify),
    },
    "compare_damaged": {
        "FindDatabases": (journal.query, instances.describe_current, instances.describe_damaged),
        "CompareTable": (databases.read_login, ledger.write),
        "RecordLedger": (journal.write, people.notify),
        "AnnounceUncompared": (journal.write, people.notify),
    },
    "replay_rows": {
        "ReplayTable": (journal.write, ledger.invoke_write_rows),
        "WriteRows": (databases.read_login, rotation.read_login, ledger.read),
        "ConcludeReplay": (journal.write,),
        "AnnounceReplayFailure": (journal.write, people.notify),
    },
    "communications": {
        "SendMessages": (communications.empty_outbox, communications.publish, metrics.put),
    },
    "keeper": {
        "ReadIntegrity": (databases.read_login,),
        "CheckIntegrity": (journal.query, monitoring.invoke_read_integrity, metrics.put, instances.describe_planned),
        "CountConnections": (databases.read_login,),
        "WatchDatabases": (journal.read, services.describe, monitoring.invoke_count_connections, metrics.put),
        "WriteHeartbeat": (databases.read_login,),
        "KeepLatch": (journal.read, metrics.put),
        "FenceSelf": (
            journal.write,
            journal.read_in_peer,
            services.scale,
            databases.invoke_close_database,
            people.notify,
        ),
        "CloseDatabase": (databases.read_login,),
        "FenceDeposed": (journal.write, journal.read_in_peer, services.scale_in_peer, people.notify),
        "CountDivergence": (journal.write, databases.invoke_row_queries, people.notify),
        "ListRecentRows": (databases.read_login,),
        "FindRows": (databases.read_login,),
        "SettleLimits": (journal.write, services.scale, services.lift_fence_in_peer),
        "SweepProbes": (journal.query, instances.describe_restored, restore.delete_probes),
        "FollowStorage": (journal.query, monitoring.follow_storage),
        "FollowKeys": (
            journal.write,
            journal.read_in_peer,
            followed_keys.read_in_peer,
            followed_keys.write,
            followed_keys.list_incidents,
            people.notify,
        ),
        "RemindOfBlocks": (journal.query, people.notify),
        "WatchPeer": (journal.query, metrics.put, databases.invoke_read_replica),
    },
}


class NoGrant(Exception):
    """A function has no row in the table. One sentence."""


def speaks_sql(process: str, step: str) -> bool:
    """Whether a function stands inside the VPC, beside databases and caches. Raises :class:`NoGrant`."""
    return not {databases.read_login, caches.read_secrets}.isdisjoint(_parts(process, step))


def grants_for(plan: Plan, names: ResourceNames, process: str, step: str) -> list[Grant]:
    """Everything a step may do in the region of ``names``; nothing of what is not there. Raises :class:`NoGrant`."""
    grants = [grant for part in _parts(process, step) for grant in part(plan, names) if grant.resources]
    return grants + secret_keys.use(plan, grants)


def _parts(process: str, step: str) -> tuple[Part, ...]:
    try:
        return TABLE[process][step]
    except KeyError:
        raise NoGrant(
            f"{step} of {process} has no row in stacks/grants/table.py; say there what it may do (nothing is: ())"
        ) from None
