"""The plan: what to protect, where to recover, within which limits, and whom to notify.

``plan.yaml`` is the one file a user edits. It is read by :mod:`lyo_dr.model.plan.file` and checked by
:mod:`lyo_dr.model.plan.rules`, written into a Lambda layer when the stacks are synthesised, and read from there by
every step; no step imports either of the two. Each field carries the sentence that editors show. Durations are ISO 8601
(``PT15M``); names of resources have no defaults.
"""

from lyo_dr.model.plan.breach import Breach, Evidence, IpSets, PersonalTable
from lyo_dr.model.plan.databases import ALTERNATING, Check, Database, DelayedReplica, Restore, Table, name_base
from lyo_dr.model.plan.deployment import Deployment
from lyo_dr.model.plan.hooks import Hook, HookStage
from lyo_dr.model.plan.policy import Contacts, Maintenance, Objectives, Policy
from lyo_dr.model.plan.regions import Network, Observers, Regions
from lyo_dr.model.plan.residency import Excepted, Residency
from lyo_dr.model.plan.schema import Plan, plan_from_json
from lyo_dr.model.plan.secrets import (
    DATABASE_URL,
    PLACEHOLDER,
    Cache,
    Follow,
    IssuedKey,
    KeyTest,
    LoginFields,
    Secret,
    SecretLogin,
    environment_of,
)
from lyo_dr.model.plan.services import Endpoint, Service, ServiceLocation, ServiceMetric
from lyo_dr.model.plan.timing import Budgets, Timing
from lyo_dr.model.plan.traffic import Target, Traffic
from lyo_dr.model.plan.ways import PlannedWay, RestoreAs

__all__ = [
    "ALTERNATING",
    "DATABASE_URL",
    "PLACEHOLDER",
    "Breach",
    "Budgets",
    "Cache",
    "Check",
    "Contacts",
    "Database",
    "DelayedReplica",
    "Deployment",
    "Endpoint",
    "Evidence",
    "Excepted",
    "Follow",
    "Hook",
    "HookStage",
    "IpSets",
    "IssuedKey",
    "KeyTest",
    "LoginFields",
    "Maintenance",
    "Network",
    "Objectives",
    "Observers",
    "PersonalTable",
    "Plan",
    "PlannedWay",
    "Policy",
    "Regions",
    "Residency",
    "Restore",
    "RestoreAs",
    "Secret",
    "SecretLogin",
    "Service",
    "ServiceLocation",
    "ServiceMetric",
    "Table",
    "Target",
    "Timing",
    "Traffic",
    "environment_of",
    "name_base",
    "plan_from_json",
]
