"""PostgreSQL on Amazon RDS: a Multi-AZ primary, and its replica in the other region."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from lyo_dr.model.plan import Database
from lyo_dr.model.resource_names import ResourceNames
from stacks.constructs.nag import acknowledge
from stacks.site import Site

_CLASS = "db.t4g.medium"
_ENGINE = "postgres"
_VERSION = "18"
_FAMILY = f"{_ENGINE}{_VERSION}"
_STORAGE = "50"
_MASTER = "lyoadmin"

_DEFAULT_PORT = {
    "AwsSolutions-RDS11": "the port is no secret; security groups decide who reaches it, and the app's address has it"
}

_AS_PLANNED = {"AwsSolutions-RDS3": "the plan says that this database does without a second zone"}


def subnet_group(scope: Construct, site: Site) -> rds.CfnDBSubnetGroup:
    """The subnets of the plan, for the databases of this region."""
    return rds.CfnDBSubnetGroup(
        scope,
        "DatabaseSubnets",
        db_subnet_group_name=f"{site.names.prefix}-databases",
        db_subnet_group_description="Databases of the reference workload",
        subnet_ids=site.plan.networks[site.region].subnets,
    )


def _parameters(scope: Construct, site: Site, database: Database, name: str = "") -> rds.CfnDBParameterGroup:
    """A group of its own for each instance: nobody may change the default one, in which commits have no times.

    ``track_commit_timestamp`` is static, so it takes a restart; at the creation of an instance it applies at once (RDS
    user guide, "DB parameter groups"). A replica across regions does not inherit the group of its source.
    """
    group = rds.CfnDBParameterGroup(
        scope,
        "Parameters",
        db_parameter_group_name=name or f"{site.names.prefix}-{database.name}",
        family=_FAMILY,
        description=f"{database.name}: commits are dated",
        parameters={"track_commit_timestamp": "1"},
    )
    group.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return group


class Primary(Construct):
    """The instance that is written to on the first day."""

    def __init__(
        self, scope: Construct, site: Site, database: Database, subnets: rds.CfnDBSubnetGroup, key: kms.IKey
    ) -> None:
        super().__init__(scope, f"Database-{database.name}")
        master = self._master(site, database)
        self.instance = rds.CfnDBInstance(
            self,
            "Instance",
            db_instance_identifier=database.instance_in(site.region),
            db_instance_class=_CLASS,
            db_parameter_group_name=_parameters(self, site, database).ref,
            engine=_ENGINE,
            engine_version=_VERSION,
            allocated_storage=_STORAGE,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=key.key_arn,
            db_name=database.name.replace("-", "_"),
            master_username=_MASTER,
            # Resolved by CloudFormation while it deploys: in neither template, parameter nor log. RDS's own managed
            # secret would be simpler, but an instance that has one cannot have PostgreSQL replicas.
            master_user_password=cdk.Fn.join("", ["{{resolve:secretsmanager:", master.ref, ":SecretString:password}}"]),
            multi_az=database.multi_az,
            backup_retention_period=database.backup_retention_days,
            db_subnet_group_name=subnets.ref,
            vpc_security_groups=site.plan.networks[site.region].security_groups,
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            publicly_accessible=False,
        )
        self.instance.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        acknowledge(self.instance, _DEFAULT_PORT if database.multi_az else {**_DEFAULT_PORT, **_AS_PLANNED})

    def _master(self, site: Site, database: Database) -> secretsmanager.CfnSecret:
        secret = secretsmanager.CfnSecret(
            self,
            "Master",
            name=f"{site.names.prefix}/{database.name}/master",
            description="Used at onboarding only",
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                secret_string_template=f'{{"username": "{_MASTER}"}}',
                generate_string_key="password",
                password_length=32,
                exclude_punctuation=True,
            ),
        )
        secret.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        acknowledge(secret, {"AwsSolutions-SMG4": "used at onboarding only; the app has its own user"})
        return secret


class Replica(Construct):
    """The replica, until it is promoted."""

    def __init__(
        self, scope: Construct, site: Site, database: Database, subnets: rds.CfnDBSubnetGroup, key: kms.IKey
    ) -> None:
        super().__init__(scope, f"Database-{database.name}")
        source_region = site.plan.regions.peer_of(site.region)
        source = ResourceNames(site.plan, source_region).instance(database.instance_in(source_region))
        self.instance = rds.CfnDBInstance(
            self,
            "Instance",
            db_instance_identifier=database.instance_in(site.region),
            db_instance_class=_CLASS,
            db_parameter_group_name=_parameters(self, site, database).ref,
            source_db_instance_identifier=source,
            source_region=source_region,
            # A replica is encrypted because its source is; across regions it needs a key of its own region.
            kms_key_id=key.key_arn,
            db_subnet_group_name=subnets.ref,
            vpc_security_groups=site.plan.networks[site.region].security_groups,
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            publicly_accessible=False,
        )
        self.instance.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        acknowledge(
            self.instance,
            {
                **_DEFAULT_PORT,
                "AwsSolutions-RDS2": "a replica is encrypted as its source is, with the key of its region",
                "AwsSolutions-RDS3": "a replica becomes Multi-AZ after its promotion, without holding up traffic",
                "AwsSolutions-RDS13": "backups begin with the promotion, which sets their retention in the same call",
            },
        )


class Restorable(Construct):
    """What a database that is restored here one day needs to be there before: its parameter group."""

    def __init__(self, scope: Construct, site: Site, database: Database) -> None:
        super().__init__(scope, f"Database-{database.name}")
        _parameters(self, site, database, "" if database.restore_as is None else database.restore_as.parameter_group)
