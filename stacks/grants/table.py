"""Who may do what: one row per function. A function without a row cannot be synthesised."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.breach import (
    ask_access,
    ask_to_lift,
    change_ip_sets,
    empty_groups,
    fill_groups,
    read_copies,
    renew_here,
    revoke_sessions,
    see_blocks,
    see_revoked,
)
from stacks.grants.caches import (
    ask_about_tokens,
    ask_to_end_sessions,
    change_tokens,
    finish_tokens,
    forget_former,
    read_cache_secrets,
    read_tokens,
    stage_tokens,
)
from stacks.grants.databases import (
    ask_replicas,
    close_databases,
    compare_rows,
    describe_databases,
    describe_in_peer,
    modify_databases,
    promote_databases,
    read_sql_secrets,
)
from stacks.grants.delayed import ask_replay, delay_replicas, inherit_settings, promote_delayed, see_delayed
from stacks.grants.evidence import (
    export_logs,
    put_evidence,
    read_evidence,
    read_logs,
    see_actions,
    see_requests,
    see_tasks,
    see_trail,
    see_versions,
)
from stacks.grants.grant import Grant, Part
from stacks.grants.issued import read_issued, replace_issued, see_handed_over
from stacks.grants.journal import (
    declare_in_peer,
    go_by_notes,
    journal,
    journal_and_head,
    journal_with_notes,
    keep_samples,
    look,
    look_in_peer,
    tell,
    whole_journal,
)
from stacks.grants.ledger import ask_to_write, read_ledger, start_replay, write_ledger
from stacks.grants.metrics import put_metrics
from stacks.grants.people import (
    announce,
    call_both,
    call_legal,
    call_responders,
    hand_on_answers,
    start_in_peer,
    start_incident,
)
from stacks.grants.restore import (
    ask_integrity,
    ask_to_let_write,
    keep_found,
    lease_in_peer,
    point_secrets_here,
    point_secrets_in_peer,
    protect_restored,
    protect_successors,
    rename_damaged,
    replicate_in_peer,
    restore_databases,
    restore_from_backups,
    restore_to_throw_away,
    see_backups,
    see_damaged,
    see_instances,
    see_peer_replicas,
    see_planned,
    see_restored,
    see_snapshots,
    see_successors,
    see_windows,
    take_snapshots,
    throw_away,
)
from stacks.grants.rotation import (
    ask_to_retire,
    ask_to_set,
    ask_to_try,
    move_labels,
    read_app_secrets,
    redeploy_here,
    stage_secrets,
)
from stacks.grants.services import (
    count_here,
    lower_here,
    restore_in_peer,
    scale_here,
    scale_in_peer,
    watch_here,
)
from stacks.grants.traffic import change_record, move_by_latch, watch_change
from stacks.grants.watching import count_connections, count_tasks, question_database, question_replica

TABLE: dict[str, dict[str, tuple[Part, ...]]] = {
    "incident_response": {
        "Receive": (start_incident, start_in_peer),
        "OpenIncident": (journal, lease_in_peer, call_both),
        "Triage": (tell,),
        "TriageDatabase": (journal, lease_in_peer, see_instances, question_database),
        "AnnounceIncident": (journal, announce),
        "ValidateOutcome": (look,),
        "CloseIncident": (journal_and_head, lease_in_peer),
        "AnnounceOutcome": (journal, announce),
        "RecordFailure": (whole_journal,),
        "AnnounceFailure": (journal, call_responders),
        "SettleLease": (journal, lease_in_peer),
    },
    "region_failover": {
        "CheckGate": (whole_journal, describe_databases, question_replica, see_windows),
        "ConfirmRegionLost": (journal,),
        "JudgeComponents": (tell,),
        "LiftFence": (journal_with_notes, restore_in_peer),
        "UndoPreparation": (journal_with_notes, lower_here),
    },
    "await_consent": {
        "AskConsent": (journal, lease_in_peer, call_responders),
        "PrepareStandby": (journal, lease_in_peer, scale_here),
        "TakeAnswer": (journal_and_head, lease_in_peer),
    },
    "operator": {
        "AnswerOperator": (
            whole_journal,
            hand_on_answers,
            declare_in_peer,
            describe_in_peer,
            put_metrics,
            start_replay,
            ask_to_lift,
        ),
    },
    "gather_facts": {
        "ProbeRegions": (),
        "ReadReplica": (read_sql_secrets,),
        "RecordLook": (keep_samples,),
    },
    "fence_region": {
        "FenceServices": (journal_with_notes, scale_in_peer),
    },
    "promote_database": {
        "PromoteReplica": (journal, promote_databases),
        "CheckPromotion": (journal, describe_databases, call_responders),
        "ProveByWrite": (read_sql_secrets,),
        "AcceptProof": (journal,),
    },
    "deploy_service": {
        "RaiseCapacity": (journal, lease_in_peer, scale_here),
        "CheckCapacity": (journal, lease_in_peer, watch_here),
    },
    "switch_traffic": {
        "TakeAuthority": (journal_and_head,),
        "ThrowLatch": (journal, move_by_latch),
        "ChangeRecord": (journal, change_record),
        "CheckChange": (journal, watch_change),
        "CheckTraffic": (journal, move_by_latch),
    },
    "validate_recovery": {
        "CheckEndpoints": (journal, lease_in_peer),
    },
    "protect_database": {
        "ApplyProtection": (journal, modify_databases, protect_restored),
        "CheckProtection": (journal, describe_databases, see_restored),
        "AnnounceUnprotected": (journal, call_responders),
    },
    "secret_rotation": {
        "OpenRotation": (journal_and_head, lease_in_peer, call_responders),
        "TestKey": (journal, lease_in_peer, read_issued, see_handed_over),
        "AskForKey": (journal, lease_in_peer, call_responders),
        "FinishKey": (journal, lease_in_peer, replace_issued),
        "StageToken": (journal, lease_in_peer, stage_tokens),
        "RotateToken": (journal, lease_in_peer, change_tokens, read_tokens, ask_about_tokens),
        "FinishToken": (journal, lease_in_peer, finish_tokens),
        "CreateSecret": (journal, lease_in_peer, stage_secrets),
        "SetSecret": (journal, lease_in_peer, ask_to_set),
        "TestSecret": (journal, lease_in_peer, ask_to_try),
        "FinishSecret": (journal, lease_in_peer, move_labels),
        "RedeployServices": (journal, lease_in_peer, redeploy_here),
        "CheckRedeployment": (journal, lease_in_peer, watch_here),
        "RetireLogin": (journal, lease_in_peer, ask_to_retire),
        "ProveRetired": (journal, lease_in_peer, ask_to_try),
        "RetireToken": (
            journal,
            lease_in_peer,
            change_tokens,
            read_tokens,
            forget_former,
            ask_about_tokens,
            ask_to_end_sessions,
        ),
        "ProveKey": (journal, lease_in_peer, read_issued, call_responders),
        "CloseRotation": (journal_and_head, lease_in_peer, move_labels),
        "AnnounceRotationFailure": (journal_and_head, lease_in_peer, call_responders),
        "SetPassword": (read_sql_secrets, read_app_secrets),
        "TryLogin": (read_sql_secrets, read_app_secrets),
        "RetireUser": (read_sql_secrets, read_app_secrets),
        "TryToken": (read_cache_secrets,),
        "EndCacheSessions": (read_cache_secrets,),
    },
    "breach_response": {
        "JudgeBreach": (journal_and_head, lease_in_peer),
        "AnnounceBreach": (journal, call_both),
        "BlockAddresses": (journal_and_head, lease_in_peer, change_ip_sets),
        "OpenGate": (journal_and_head, lease_in_peer),
        "RenewTasks": (journal, lease_in_peer, renew_here),
        "CheckTasks": (tell, lease_in_peer, watch_here),
        "RevokeSessions": (journal, lease_in_peer, revoke_sessions),
        "IsolateGroups": (journal, lease_in_peer, empty_groups),
        "ProveContained": (journal, lease_in_peer, read_copies, ask_to_try, ask_access, see_blocks, see_revoked),
        "AssessBreach": (journal, ask_access, call_legal),
        "ConcludeBreach": (journal, call_legal),
        "AnnounceBreachFailure": (journal, call_both),
        "ReadAccess": (read_sql_secrets,),
        "LiftContainment": (go_by_notes, change_ip_sets, fill_groups),
    },
    "database_restore": {
        "HoldDelayed": (journal, lease_in_peer, see_delayed, ask_replay),
        "HoldReplay": (read_sql_secrets,),
        "ReadEvidence": (read_sql_secrets,),
        "ChooseRecoveryPoint": (whole_journal, lease_in_peer, see_backups, see_instances),
        "AnnounceRestore": (journal, announce),
        "StopDamage": (journal, lease_in_peer, scale_here, ask_to_let_write),
        "LetAppWrite": (read_sql_secrets,),
        "PreserveEvidence": (journal_with_notes, lease_in_peer, see_snapshots, take_snapshots),
        "ChooseDelayed": (journal_with_notes, lease_in_peer, see_successors, ask_replay),
        "AdvanceDelayed": (journal_with_notes, lease_in_peer, see_delayed, ask_replay, delay_replicas),
        "PromoteDelayed": (journal_with_notes, lease_in_peer, see_delayed, promote_delayed, delay_replicas),
        "RestoreInstead": (journal_with_notes, lease_in_peer, see_delayed, ask_replay, delay_replicas),
        "RestoreToNewInstance": (journal_with_notes, lease_in_peer, see_instances, see_windows, restore_databases),
        "ReadRestored": (read_sql_secrets,),
        "JudgeRestored": (journal_with_notes, lease_in_peer, see_backups),
        "WarmTables": (read_sql_secrets,),
        "AlignLogins": (read_sql_secrets, read_app_secrets),
        "PointSecrets": (journal, lease_in_peer, point_secrets_here, ask_to_let_write),
        "RenewTasks": (journal, lease_in_peer, redeploy_here),
        "ConcludeRestore": (whole_journal, lease_in_peer),
        "PutBack": (
            journal_with_notes,
            lease_in_peer,
            see_successors,
            point_secrets_here,
            lower_here,
            ask_to_let_write,
            ask_replay,
            delay_replicas,
        ),
    },
    "restore_replicated": {
        "ReadEvidence": (read_sql_secrets,),
        "ChooseRecoveryPoint": (whole_journal, see_windows),
        "RestoreToNewInstance": (journal_with_notes, see_planned, see_restored, see_windows, restore_from_backups),
        "ReadRestored": (read_sql_secrets,),
        "JudgeRestored": (journal_with_notes, see_windows),
        "AlignLogins": (read_sql_secrets, read_app_secrets),
        "PointSecrets": (journal, point_secrets_here),
        "ProveByWrite": (read_sql_secrets,),
        "AcceptProof": (journal,),
        "RenewServices": (journal, redeploy_here, count_here),
    },
    "preserve_breach": {
        "PreserveDatabases": (journal, see_instances, see_snapshots, take_snapshots, put_evidence),
        "PreserveTasks": (journal, see_tasks, put_evidence),
        "PreserveSecrets": (journal, see_versions, put_evidence),
        "PreserveActions": (journal, see_actions, see_trail, put_evidence),
        "PreserveRequests": (journal, see_requests, put_evidence),
        "CopyLogs": (journal_with_notes, read_logs, put_evidence),
        "SealManifest": (go_by_notes, put_evidence),
    },
    "finish_evidence": {
        "PreserveLate": (journal, see_snapshots, see_actions, put_evidence),
        "ExportLogs": (journal, export_logs, read_evidence),
        "SealAgain": (go_by_notes, put_evidence),
    },
    "search_recovery_point": {
        "PlanProbes": (journal_with_notes, lease_in_peer, see_restored, throw_away),
        "RestoreProbe": (journal, lease_in_peer, see_instances, see_windows, restore_to_throw_away),
        "ReadProbe": (read_sql_secrets,),
        "JudgeProbe": (journal_with_notes, lease_in_peer),
        "CloseSearch": (whole_journal, lease_in_peer, see_instances, throw_away, keep_found),
    },
    "protect_restored": {
        "AddZone": (journal_with_notes, see_instances, see_damaged, protect_successors, inherit_settings),
        "KeepDamaged": (journal_with_notes, see_instances, see_damaged, see_snapshots, rename_damaged),
        "ReplicateAgain": (
            journal_and_head,
            see_successors,
            see_peer_replicas,
            replicate_in_peer,
            point_secrets_in_peer,
        ),
        "AnnounceUnprotected": (journal, call_responders),
    },
    "compare_damaged": {
        "FindDatabases": (journal_with_notes, see_instances, see_damaged),
        "CompareTable": (read_sql_secrets, write_ledger),
        "RecordLedger": (journal, call_responders),
        "AnnounceUncompared": (journal, call_responders),
    },
    "replay_rows": {
        "ReplayTable": (journal, ask_to_write),
        "WriteRows": (read_sql_secrets, read_app_secrets, read_ledger),
        "ConcludeReplay": (journal,),
        "AnnounceReplayFailure": (journal, call_responders),
    },
    "keeper": {
        "ReadIntegrity": (read_sql_secrets,),
        "CheckIntegrity": (journal_with_notes, ask_integrity, put_metrics, see_planned),
        "CountConnections": (read_sql_secrets,),
        "WatchDatabases": (look, count_tasks, count_connections, put_metrics),
        "WriteHeartbeat": (read_sql_secrets,),
        "KeepLatch": (look, put_metrics),
        "FenceSelf": (journal, look_in_peer, scale_here, close_databases, call_responders),
        "CloseDatabase": (read_sql_secrets,),
        "FenceDeposed": (journal, look_in_peer, scale_in_peer, call_responders),
        "CountDivergence": (journal, compare_rows, call_responders),
        "ListRecentRows": (read_sql_secrets,),
        "FindRows": (read_sql_secrets,),
        "SweepProbes": (journal_with_notes, see_restored, throw_away),
        "RemindOfBlocks": (journal_with_notes, call_responders),
        "WatchPeer": (journal_with_notes, put_metrics, ask_replicas),
    },
}


class NoGrant(Exception):
    """A function has no row in the table. One sentence."""


def speaks_sql(process: str, step: str) -> bool:
    """Whether a function stands inside the VPC, beside databases and caches. Raises :class:`NoGrant`."""
    return not {read_sql_secrets, read_cache_secrets}.isdisjoint(_parts(process, step))


def grants_for(plan: Plan, names: ResourceNames, process: str, step: str) -> list[Grant]:
    """Everything a step may do in the region of ``names``. Raises :class:`NoGrant`."""
    return [grant for part in _parts(process, step) for grant in part(plan, names)]


def _parts(process: str, step: str) -> tuple[Part, ...]:
    try:
        return TABLE[process][step]
    except KeyError:
        raise NoGrant(
            f"{step} of {process} has no row in stacks/grants/table.py; say there what it may do (nothing is: ())"
        ) from None
