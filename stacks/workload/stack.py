"""The workload of one region: databases, services, and the secrets between them."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.site import Site
from stacks.workload.database import Primary, Replica, Restorable, subnet_group
from stacks.workload.secrets import app_secrets, sql_secret
from stacks.workload.service import Service


class Workload(cdk.Stack):
    """Minimal on purpose: networks and load balancers exist and are named in the plan.

    After a failover the template still calls the promoted instance a replica. Instances are retained and protected,
    but bring plan and reality together before deploying this stack again.
    """

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(
            scope,
            site.names.workload_stack(),
            env=site.environment,
            description=f"Reference workload in {site.region}: PostgreSQL and Fargate",
            termination_protection=True,
        )
        secrets = app_secrets(self, site)
        clusters = {name: self._cluster(name) for name in _cluster_names(site)}
        for service in site.plan.services:
            place = service.places[site.region]
            Service(self, site, service, clusters[place.cluster], secrets, key)
        self._databases(site, key)

    def _databases(self, site: Site, key: kms.IKey) -> None:
        """Created last: with deletion protection they could not be deleted again when something after them fails."""
        subnets = subnet_group(self, site)
        here = site.plan.databases_in(site.region)
        for database in here:
            sql_secret(self, site, database)
        others = list(self.node.children)
        kind = Primary if site.region == site.plan.regions.primary else Replica
        for database in here:
            if site.region not in database.instances:
                Restorable(self, site, database)
                continue
            kind(self, site, database, subnets, key).instance.node.add_dependency(*others)

    def _cluster(self, name: str) -> ecs.CfnCluster:
        return ecs.CfnCluster(
            self,
            f"Cluster-{name}",
            cluster_name=name,
            cluster_settings=[ecs.CfnCluster.ClusterSettingsProperty(name="containerInsights", value="enabled")],
        )


def _cluster_names(site: Site) -> list[str]:
    return sorted({service.places[site.region].cluster for service in site.plan.services})
