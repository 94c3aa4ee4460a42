"""The secrets of a region: created with placeholders, filled at onboarding, never written by a template again.

CloudFormation writes a secret's value only when the template's changes, so what a person fills in stays. AWS's own
key encrypts them: one permission fewer on the way of a failover than a key of ours.
"""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from lyo_dr.model.plan import PLACEHOLDER, Database
from stacks.constructs.nag import acknowledge
from stacks.site import Site

_FILLED_BY_HAND = {"AwsSolutions-SMG4": "filled at onboarding; rotation is a process of its own and not set up here"}


def app_secrets(scope: Construct, site: Site) -> dict[str, secretsmanager.CfnSecret]:
    """Every app secret of the plan by name. Each region owns its own: its database endpoint differs."""
    return {secret.name: _secret(scope, secret.name_in(site.region), secret.keys) for secret in site.plan.secrets}


def sql_secret(scope: Construct, site: Site, database: Database) -> secretsmanager.CfnSecret:
    """Secret of the SQL functions for ``database`` in this region: the database user of this product."""
    name = site.names.sql_secret(database.name)
    return _secret(scope, name, ["host", "port", "dbname", "username", "password"])


def _secret(scope: Construct, name: str, keys: list[str]) -> secretsmanager.CfnSecret:
    secret = secretsmanager.CfnSecret(
        scope,
        f"Secret-{name.replace('/', '-')}",
        name=name,
        description="Filled at onboarding",
        secret_string=json.dumps(dict.fromkeys(keys, PLACEHOLDER)),
    )
    secret.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    acknowledge(secret, _FILLED_BY_HAND)
    return secret
