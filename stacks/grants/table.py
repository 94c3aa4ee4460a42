"""Who may do what: one row per function. A function without a row cannot be synthesised."""

from __future__ import annotations

from lyo_dr.model.names import Names
from lyo_dr.model.plan import Plan
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
from stacks.grants.grant import Grant, Part
from stacks.grants.journal import (
    declare_in_peer,
    journal,
    journal_and_head,
    journal_with_notes,
    keep_samples,
    look,
    look_in_peer,
    tell,
    whole_journal,
)
from stacks.grants.people import announce, call_responders, hand_on_answers, start_incident
from stacks.grants.restore import (
    ask_integrity,
    keep_found,
    lease_in_peer,
    point_secrets_here,
    point_secrets_in_peer,
    put_integrity,
    rename_databases,
    replicate_in_peer,
    restore_databases,
    restore_to_throw_away,
    see_backups,
    see_instances,
    see_peer_instances,
    see_snapshots,
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
from stacks.grants.services import lower_here, restore_in_peer, scale_here, scale_in_peer, watch_here
from stacks.grants.traffic import change_record, move_by_latch, put_latch, put_looks, watch_change

TABLE: dict[str, dict[str, tuple[Part, ...]]] = {
    "incident_response": {
        "Receive": (start_incident,),
        "OpenIncident": (journal, lease_in_peer),
        "Triage": (tell,),
        "AnnounceIncident": (journal, announce),
        "ValidateOutcome": (look,),
        "CloseIncident": (journal_and_head, lease_in_peer),
        "AnnounceOutcome": (journal, announce),
        "RecordFailure": (whole_journal,),
        "AnnounceFailure": (journal, call_responders),
        "SettleLease": (journal, lease_in_peer),
    },
    "region_failover": {
        "CheckGate": (journal_and_head, describe_databases),
        "ConfirmRegionLost": (journal,),
        "JudgePlaces": (tell,),
        "LiftFence": (journal_with_notes, restore_in_peer),
        "UndoPreparation": (journal_with_notes, lower_here),
    },
    "await_consent": {
        "AskConsent": (journal, call_responders),
        "PrepareStandby": (journal, scale_here),
        "TakeAnswer": (journal_and_head,),
    },
    "operator": {
        "AnswerOperator": (journal_and_head, hand_on_answers, declare_in_peer, describe_in_peer, put_latch),
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
        "CheckPromotion": (journal, describe_databases),
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
        "ApplyProtection": (journal, modify_databases),
        "CheckProtection": (tell, describe_databases),
        "AnnounceUnprotected": (journal, call_responders),
    },
    "secret_rotation": {
        "OpenRotation": (journal_and_head, lease_in_peer, call_responders),
        "CreateSecret": (journal, lease_in_peer, stage_secrets),
        "SetSecret": (journal, lease_in_peer, ask_to_set),
        "TestSecret": (journal, lease_in_peer, ask_to_try),
        "FinishSecret": (journal, lease_in_peer, move_labels),
        "RedeployServices": (journal, lease_in_peer, redeploy_here),
        "CheckRedeployment": (journal, lease_in_peer, watch_here),
        "RetireLogin": (journal, lease_in_peer, ask_to_retire),
        "ProveRetired": (journal, lease_in_peer, ask_to_try),
        "CloseRotation": (journal_and_head, lease_in_peer, move_labels),
        "AnnounceRotationFailure": (journal_and_head, lease_in_peer, call_responders),
        "SetPassword": (read_sql_secrets, read_app_secrets),
        "TryLogin": (read_sql_secrets, read_app_secrets),
        "RetireUser": (read_sql_secrets, read_app_secrets),
    },
    "database_restore": {
        "ReadEvidence": (read_sql_secrets,),
        "ChooseMoment": (whole_journal, lease_in_peer, see_backups, see_instances),
        "AnnounceRestore": (journal, announce),
        "StopDamage": (journal, lease_in_peer, scale_here),
        "PreserveEvidence": (journal_with_notes, lease_in_peer, see_snapshots, take_snapshots),
        "RestoreBeside": (journal_with_notes, lease_in_peer, see_instances, see_backups, restore_databases),
        "ReadRestored": (read_sql_secrets,),
        "JudgeRestored": (journal_with_notes, lease_in_peer, see_backups),
        "WarmTables": (read_sql_secrets,),
        "AlignLogins": (read_sql_secrets, read_app_secrets),
        "PointSecrets": (journal, lease_in_peer, point_secrets_here),
        "RenewTasks": (journal, lease_in_peer, scale_here),
        "ConcludeRestore": (whole_journal, lease_in_peer),
        "PutBack": (journal_with_notes, lease_in_peer, see_instances, point_secrets_here, scale_here),
    },
    "search_moment": {
        "PlanProbes": (journal_with_notes, lease_in_peer, see_instances, throw_away),
        "RestoreProbe": (journal, lease_in_peer, see_instances, see_windows, restore_to_throw_away),
        "ReadProbe": (read_sql_secrets,),
        "JudgeProbe": (journal_with_notes, lease_in_peer),
        "CloseSearch": (whole_journal, lease_in_peer, see_instances, throw_away, keep_found),
    },
    "protect_restored": {
        "AddZone": (journal, see_instances, rename_databases),
        "KeepDamaged": (journal_with_notes, see_instances, see_snapshots, rename_databases),
        "ReplicateAgain": (
            journal_and_head,
            see_instances,
            see_peer_instances,
            replicate_in_peer,
            point_secrets_in_peer,
        ),
        "AnnounceUnprotected": (journal, call_responders),
    },
    "keeper": {
        "ReadIntegrity": (read_sql_secrets,),
        "CheckIntegrity": (journal, ask_integrity, put_integrity),
        "WriteHeartbeat": (read_sql_secrets,),
        "KeepLatch": (look, put_latch),
        "FenceSelf": (journal, look_in_peer, scale_here, close_databases, call_responders),
        "CloseDatabase": (read_sql_secrets,),
        "FenceDeposed": (journal, look_in_peer, scale_in_peer, call_responders),
        "CountDivergence": (journal, compare_rows, call_responders),
        "ListRecentRows": (read_sql_secrets,),
        "FindRows": (read_sql_secrets,),
        "SweepProbes": (journal_with_notes, see_instances, throw_away),
        "WatchPeer": (journal_with_notes, put_looks, ask_replicas),
    },
}


class NoGrant(Exception):
    """A function has no row in the table. One sentence."""


def speaks_sql(process: str, step: str) -> bool:
    """Whether a function stands inside the VPC. Raises :class:`NoGrant`."""
    return read_sql_secrets in _parts(process, step)


def grants_for(plan: Plan, names: Names, process: str, step: str) -> list[Grant]:
    """Everything a step may do in the region of ``names``. Raises :class:`NoGrant`."""
    return [grant for part in _parts(process, step) for grant in part(plan, names)]


def _parts(process: str, step: str) -> tuple[Part, ...]:
    try:
        return TABLE[process][step]
    except KeyError:
        raise NoGrant(
            f"{step} of {process} has no row in stacks/grants/table.py; say there what it may do (nothing is: ())"
        ) from None
