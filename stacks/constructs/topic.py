"""Topics that people subscribe to, encrypted, and what may publish to them."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from lyo_dr.model.resource_names import ResourceNames


def topic(scope: Construct, names: ResourceNames, audience: str, addresses: list[str], key: kms.IKey) -> sns.Topic:
    """A topic with its e-mail subscriptions, to which the alarms of this account may publish."""
    made = sns.Topic(
        scope,
        audience.capitalize(),
        topic_name=names.topic_name(audience),
        display_name=f"Disaster recovery: {names.plan.name}",
        master_key=key,
        enforce_ssl=True,
    )
    made.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsOfThisAccount",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[made.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": names.plan.account}},
        )
    )
    for address in addresses:
        made.add_subscription(subscriptions.EmailSubscription(address))
    return made


def senders_may_use_it(*services: str) -> iam.PolicyStatement:
    """What the key of encrypted topics and queues grants to those who send to them."""
    # No condition on the source: EventBridge sends none with its messages to an encrypted queue or topic, and
    # a condition on it would drop them silently.
    return iam.PolicyStatement(
        sid="AlarmsAndEventsIntoEncryptedTopicsAndQueues",
        principals=[iam.ServicePrincipal(f"{service}.amazonaws.com") for service in services],
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=["*"],
    )
