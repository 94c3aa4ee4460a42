"""The core of one region: its key, its table, its bus, its two topics, its bucket of replay files."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from lyo_dr.model.resource_names import DETECTION_REGION, ResourceNames
from stacks.constructs.own_key import own_key
from stacks.constructs.topic import senders_may_use_it, topic
from stacks.ledger import ledger_bucket
from stacks.site import Site


class Core(cdk.Stack):
    """All other stacks of this region depend on it; it depends on none and can be deployed alone."""

    def __init__(self, scope: Construct, site: Site) -> None:
        super().__init__(
            scope,
            site.names.stack("core"),
            env=site.environment,
            description=f"Lyo DR: table, bus, topics and key in {site.region}",
            termination_protection=True,
        )
        self._site = site
        self.key = own_key(self, site) or self._key()
        self._bus()
        ledger_bucket(self, site, self.key)
        contacts = site.plan.contacts
        topic(self, site.names, "responders", contacts.responders, self.key)
        topic(self, site.names, "stakeholders", contacts.stakeholders, self.key)
        topic(self, site.names, "legal", site.plan.breach.contacts if site.plan.breach else [], self.key)
        self._table()

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            alias=self._site.names.key_alias,
            description="Table, topics, queue and logs of Lyo DR",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        for statement in (self._logs_may_use_it(), senders_may_use_it("cloudwatch", "events")):
            key.add_to_resource_policy(statement)
        return key

    def _logs_may_use_it(self) -> iam.PolicyStatement:
        names = self._site.names
        groups = (f"/aws/lambda/{names.prefix}-*", f"/aws/vendedlogs/states/{names.prefix}-*", f"/{names.prefix}/*")
        return iam.PolicyStatement(
            sid="LogGroupsOfThisProduct",
            principals=[iam.ServicePrincipal(f"logs.{self._site.region}.amazonaws.com")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            resources=["*"],
            conditions={
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": [names.arn("logs", f"log-group:{group}") for group in groups]
                }
            },
        )

    def _table(self) -> None:
        """Created last: with deletion protection it could not be deleted again when something after it fails."""
        others = list(self.node.children)
        table = dynamodb.Table(
            self,
            "Incidents",
            table_name=self._site.names.table,
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            time_to_live_attribute="expires",
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        table.node.add_dependency(*others)

    def _bus(self) -> None:
        """Events stay in the bus for seconds and carry no user data: AWS's own key encrypts them."""
        names = self._site.names
        bus = events.EventBus(self, "Signals", event_bus_name=names.bus)
        forwarder = ResourceNames(names.plan, DETECTION_REGION).role_arn("detection", "Forward")
        events.CfnEventBusPolicy(
            self,
            "OnlyTheForwarderPuts",
            event_bus_name=bus.event_bus_name,
            statement_id="OnlyTheForwarderPuts",
            statement={
                "Effect": "Allow",
                # The account with a condition, not the role: the role of us-east-1 may not exist yet, and a policy
                # that names a missing principal is refused.
                "Principal": {"AWS": f"arn:aws:iam::{names.plan.account}:root"},
                "Action": "events:PutEvents",
                "Resource": names.arn("events", f"event-bus/{names.bus}"),
                "Condition": {"ArnEquals": {"aws:PrincipalArn": forwarder}},
            },
        )
