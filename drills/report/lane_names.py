"""The lane of each step in the picture of a timeline, by what it does."""

from __future__ import annotations

GROUPS = (
    (
        "Incident and triage",
        (
            *("Receive", "OpenIncident", "ProbeRegions", "ReadReplica", "RecordLook", "Triage", "TriageDatabase"),
            *("WatchPeer", "WatchDatabases", "CheckIntegrity", "ReadIntegrity"),
        ),
    ),
    (
        "Notifications",
        (
            *("AnnounceIncident", "AnnounceOutcome", "AnnounceFailure", "AnnounceRestore", "AnnounceBreach"),
            *("AnnounceBreachFailure", "AnnounceRotationFailure", "AnnounceReplayFailure", "AnnounceUncompared"),
            *("AnnounceUnprotected", "SendMessages"),
        ),
    ),
    ("Answers of people", ("AskConsent", "TakeAnswer", "AnswerOperator", "AskForKey", "OpenGate", "PrepareStandby")),
    ("Gate and confirmation", ("CheckGate", "ConfirmRegionLost", "UndoPreparation")),
    ("Fence of the lost region", ("FenceServices", "LiftFence", "FenceDeposed", "FenceSelf", "CloseDatabase")),
    ("Promotion of the database", ("PromoteReplica", "CheckPromotion", "ProveByWrite", "AcceptProof")),
    ("Hooks of the plan", ("CallHook",)),
    ("Capacity of the services", ("RaiseCapacity", "CheckCapacity", "SettleLimits")),
    ("Databases and services", ("JudgeComponents",)),
    ("Validation of the endpoints", ("CheckEndpoints",)),
    (
        "Authority and traffic",
        ("TakeAuthority", "ThrowLatch", "ChangeRecord", "CheckChange", "CheckTraffic", "KeepLatch"),
    ),
    (
        "End of the incident",
        ("ValidateOutcome", "CloseIncident", "RecordFailure", "SettleLease", "ConcludeRestore", "ConcludeBreach"),
    ),
    ("Protection of the new primary", ("ApplyProtection", "CheckProtection")),
    ("Divergent rows", ("CountDivergence", "FindRows", "ListRecentRows")),
    (
        "Choice of the recovery point",
        (
            *("ReadEvidence", "ChooseRecoveryPoint", "PlanProbes", "RestoreProbe", "ReadProbe", "JudgeProbe"),
            *("CloseSearch", "SweepProbes"),
        ),
    ),
    ("Damage stopped, evidence", ("StopDamage", "PreserveEvidence")),
    ("Delayed replica", ("HoldDelayed", "HoldReplay", "ChooseDelayed", "AdvanceDelayed", "PromoteDelayed")),
    (
        "Restore to a new instance",
        ("RestoreToNewInstance", "RestoreInstead", "WarmTables", "ReadRestored", "JudgeRestored"),
    ),
    (
        "Secrets and tasks",
        ("FollowKeys", "AlignLogins", "PointSecrets", "RenewTasks", "RenewServices", "LetAppWrite", "CheckTasks"),
    ),
    ("Rollback of the restore", ("PutBack", "PutBackRestore")),
    ("Protection of the restored data", ("AddZone", "KeepDamaged", "ReplicateAgain", "FollowStorage")),
    (
        "Ledger and replay",
        ("FindDatabases", "CompareTable", "RecordLedger", "ReplayTable", "WriteRows", "ConcludeReplay"),
    ),
    (
        "Evidence of the breach",
        (
            *("PreserveActions", "PreserveDatabases", "PreserveRequests", "PreserveSecrets", "PreserveTasks"),
            *("CopyLogs", "SealManifest", "ExportLogs", "PreserveLate", "SealAgain", "AssessBreach", "ReadAccess"),
        ),
    ),
    (
        "Containment",
        ("BlockAddresses", "RevokeSessions", "IsolateGroups", "LiftContainment", "RemindOfBlocks", "CountConnections"),
    ),
    ("Proof of the containment", ("ProveContained", "JudgeBreach")),
    (
        "Rotation: new secrets",
        (
            *("OpenRotation", "CreateSecret", "SetPassword", "SetSecret", "TestSecret", "FinishSecret", "TestKey"),
            *("FinishKey", "StageToken", "RotateToken", "FinishToken"),
        ),
    ),
    ("Rotation: new tasks", ("RedeployServices", "CheckRedeployment")),
    (
        "Rotation: old secrets retired",
        (
            *("RetireLogin", "RetireUser", "RetireToken", "EndCacheSessions", "TryLogin", "TryToken", "ProveRetired"),
            *("ProveKey", "CloseRotation"),
        ),
    ),
    ("Heartbeat", ("WriteHeartbeat",)),
)
LANE_OF = {step: name for name, steps in GROUPS for step in steps}
