"""Every name and ARN the product uses, computed from the plan.

Nothing is looked up and no stack refers to another region: what is not computed here is in the plan.
Names that are global in AWS (roles) carry the region.
"""

from __future__ import annotations

import hashlib
import re

from lyo_dr.model.plan import Plan, name_base

DETECTION_REGION = "us-east-1"
"""Route 53 publishes health-check metrics in this region only (developer guide, "Monitoring health checks")."""

METRIC_NAMESPACE = "LyoDr"
LATCH_METRIC = "LatchOff"
LATCH_DIMENSION = "Record"
INTEGRITY_METRIC = "IntegrityFaults"
NOT_ASKED_METRIC = "IntegrityNotAsked"
INTEGRITY_DIMENSION = "Database"
CONNECTIONS_METRIC = "ConnectionsLost"
ERRORS_METRIC = "DatabaseErrors"
PEER_METRIC = "PeerUnhealthy"
LOOKS_METRIC = "WatcherLooks"
ENDED_METRIC, LOSS_METRIC, ROTATED_METRIC = "IncidentSeconds", "PredictedLossSeconds", "RotationSeconds"
PEER_DIMENSION = "Peer"
OVERDUE_METRIC = "MessagesOverdue"


def kebab(name: str) -> str:
    """``PromoteReplica`` and ``promote_replica`` become ``promote-replica``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").lower()


def snake(name: str) -> str:
    """``PromoteReplica`` becomes ``promote_replica``."""
    return kebab(name).replace("-", "_")


def _short(incident_id: str) -> str:
    """Eight characters of their own for every incident."""
    return hashlib.sha256(incident_id.encode()).hexdigest()[:8]


def _fit(name: str, limit: int) -> str:
    """AWS refuses longer names: keep the start and make the rest unique. No two hyphens in a row where it is cut."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 7].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


class ResourceNames:
    """Names in one region. ``plan.name`` keeps two plans in one account apart."""

    def __init__(self, plan: Plan, region: str) -> None:
        self.plan = plan
        self.region = region
        self.prefix = f"{plan.name}-dr"

    # -- stacks -------------------------------------------------------------------------------------------
    def stack(self, part: str) -> str:
        """``LyoDr-core-eu-west-1``; the part is core, keeper, actions or a process."""
        return f"{self._camel()}Dr-{kebab(part)}-{self.region}"

    def detection_stack(self) -> str:
        """The one stack in us-east-1."""
        return f"{self._camel()}Dr-detection"

    def workload_stack(self) -> str:
        """The reference workload of this region."""
        return f"{self._camel()}Workload-{self.region}"

    def _camel(self) -> str:
        return "".join(part.capitalize() for part in self.plan.name.split("-"))

    # -- core ---------------------------------------------------------------------------------------------
    @property
    def table(self) -> str:
        """The table of incidents, timeline, lease and system record."""
        return f"{self.prefix}-incidents"

    @property
    def bus(self) -> str:
        """The event bus of signals."""
        return f"{self.prefix}-signals"

    @property
    def key_alias(self) -> str:
        """The alias of the region's key."""
        return f"alias/{self.prefix}"

    def topic(self, audience: str) -> str:
        """ARN of the topic of ``responders``, ``stakeholders`` or ``legal``."""
        return self.arn("sns", self.topic_name(audience))

    def topic_name(self, audience: str) -> str:
        """Name of the topic of ``responders`` or ``stakeholders``."""
        return f"{self.prefix}-{audience}"

    @property
    def ledger_bucket(self) -> str:
        """Name of the bucket of replay files; names of buckets are global (63 characters at most)."""
        return f"{_fit(f'{self.prefix}-ledger', 34)}-{self.plan.account}-{self.region}"

    def replay(self, incident_id: str, number: str) -> str:
        """Name of the execution of an incident's replay."""
        return f"replay-{_short(incident_id)}-{number}"

    @property
    def sender(self) -> str:
        """Name of the function that sends messages to people."""
        return self.function("communications", "SendMessages")

    # -- processes ----------------------------------------------------------------------------------------
    def machine_name(self, process: str) -> str:
        """Name of the state machine of a process."""
        return f"{self.prefix}-{kebab(process)}"

    def machine(self, process: str) -> str:
        """ARN of the state machine of a process."""
        return self.arn("states", f"stateMachine:{self.machine_name(process)}")

    def execution(self, process: str, name: str) -> str:
        """ARN of one execution of a process (``name`` may be ``*`` in a policy)."""
        return self.arn("states", f"execution:{self.machine_name(process)}:{name}")

    def function(self, process: str, step: str) -> str:
        """Name of the function of one step (64 characters at most)."""
        return _fit(f"{self.prefix}-{kebab(process)}-{kebab(step)}", 64)

    def role(self, process: str, step: str) -> str:
        """Name of the role of one step; roles are global, so the region is in it (64 characters at most)."""
        return _fit(f"{self.prefix}-{kebab(process)}-{kebab(step)}", 63 - len(self.region)) + f"-{self.region}"

    def role_arn(self, process: str, step: str) -> str:
        """ARN of that role, with the path of the plan."""
        path = self.plan.deployment.role_path
        return f"arn:aws:iam::{self.plan.account}:role{path}{self.role(process, step)}"

    # -- signals and traffic ------------------------------------------------------------------------------
    def endpoint_alarm(self, region: str) -> str:
        """Name of the us-east-1 alarm that says the endpoint in ``region`` does not answer."""
        return f"{self.prefix}-endpoint-{region}-down"

    def service_alarm(self, service: str, region: str) -> str:
        """Name of the us-east-1 alarm that says another service than the one behind the name does not answer there."""
        return f"{self.prefix}-service-{service}-{region}-down"

    def watched_alarm(self, service: str, region: str) -> str:
        """Name of the alarm on a service behind a name that traffic waits for; the first has the name of old."""
        first = self.plan.watched_services()[0].name
        return self.endpoint_alarm(region) if service == first else self.service_alarm(service, region)

    def watched_alarm_arns(self, region: str) -> list[str]:
        """ARNs of the us-east-1 alarms that say ``region`` may be lost."""
        alarms = [self.watched_alarm(service.name, region) for service in self.plan.watched_services()]
        return [f"arn:aws:cloudwatch:{DETECTION_REGION}:{self.plan.account}:alarm:{alarm}" for alarm in alarms]

    def endpoint_alarm_arn(self, region: str) -> str:
        """ARN of the first of them."""
        return f"arn:aws:cloudwatch:{DETECTION_REGION}:{self.plan.account}:alarm:{self.endpoint_alarm(region)}"

    @property
    def peer_alarm(self) -> str:
        """Name of this region's alarm that says its watcher finds the peer silent."""
        return f"{self.prefix}-peer-unhealthy"

    @property
    def peer_alarm_arn(self) -> str:
        """ARN of that alarm."""
        return self.arn("cloudwatch", f"alarm:{self.peer_alarm}")

    @property
    def watcher_alarm(self) -> str:
        """Name of this region's alarm that says its watcher itself is silent."""
        return f"{self.prefix}-watcher-silent"

    def latch_alarm(self, record: str) -> str:
        """Name of the alarm behind the latch of the ``primary`` or ``secondary`` record."""
        return f"{self.prefix}-{record}-off"

    def latch_region(self, record: str) -> str:
        """The region that holds a record's latch: the *other* one, which lives when the record's region died."""
        regions = self.plan.regions
        return regions.secondary if record == "primary" else regions.primary

    def record_of(self, region: str) -> str:
        """``primary`` or ``secondary``: which failover record leads to ``region``."""
        return "primary" if region == self.plan.regions.primary else "secondary"

    # -- what is protected --------------------------------------------------------------------------------
    def sql_secret(self, database: str) -> str:
        """Name of the secret with which the SQL functions reach a database of this region."""
        return f"{self.prefix}/{database}/sql"

    def integrity_alarm(self, database: str) -> str:
        """Name of the alarm that says a database's data is wrong."""
        return f"{self.prefix}-integrity-{database}"

    def not_asked_alarm(self, database: str) -> str:
        """Name of the alarm that says a query or a table of the plan does not fit a database; it opens no incident."""
        return f"{self.prefix}-not-asked-{database}"

    def integrity_alarm_arn(self, database: str) -> str:
        """ARN of that alarm."""
        return self.arn("cloudwatch", f"alarm:{self.integrity_alarm(database)}")

    def database_alarm(self, kind: str, database: str) -> str:
        """Name of a database's alarm: ``connections`` or ``errors``, which open incidents, or ``storage``."""
        return f"{self.prefix}-{kind}-{database}"

    def database_alarm_arn(self, kind: str, database: str) -> str:
        """ARN of that alarm."""
        return self.arn("cloudwatch", f"alarm:{self.database_alarm(kind, database)}")

    def restored(self, identifier: str, incident_id: str, attempt: int) -> str:
        """Name of the instance an attempt of an incident restores (63 characters at most)."""
        return f"{name_base(identifier)}-r-{_short(incident_id)}-{attempt}"

    def probe(self, identifier: str, incident_id: str, number: int) -> str:
        """Name of an instance a search restores to throw it away."""
        return f"{name_base(identifier)}-r-s-{_short(incident_id)}-{number}"

    def damaged(self, identifier: str, incident_id: str) -> str:
        """Name under which an incident keeps a damaged instance."""
        return f"{name_base(identifier)}-damaged-{_short(incident_id)}"

    def evidence(self, identifier: str, incident_id: str) -> str:
        """Name of the snapshot an incident takes of a damaged instance."""
        return f"{name_base(identifier)}-evidence-{_short(incident_id)}"

    @property
    def evidence_bucket(self) -> str:
        """The bucket of evidence; names of buckets are global, so account and region are in it."""
        return f"{self.prefix}-evidence-{self.plan.account}-{self.region}"

    @property
    def evidence_key_alias(self) -> str:
        """The alias of the key evidence is encrypted with; only those who preserve and read it may use it."""
        return f"alias/{self.prefix}-evidence"

    def instance(self, identifier: str) -> str:
        """ARN of an RDS instance."""
        return self.arn("rds", f"db:{identifier}")

    def service(self, cluster: str, service: str) -> str:
        """ARN of an ECS service (long format)."""
        return self.arn("ecs", f"service/{cluster}/{service}")

    def cluster(self, cluster: str) -> str:
        """ARN of an ECS cluster."""
        return self.arn("ecs", f"cluster/{cluster}")

    def arn(self, service: str, resource: str) -> str:
        """An ARN in this region and the plan's account."""
        return f"arn:aws:{service}:{self.region}:{self.plan.account}:{resource}"
