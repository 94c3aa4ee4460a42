"""One service on AWS Fargate: task definition, service, scaling, log, and the role that starts its tasks."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from lyo_dr.model import plan as model
from lyo_dr.model.plan import environment_of
from stacks.constructs.logs import log_group
from stacks.constructs.nag import acknowledge
from stacks.constructs.role import role_with
from stacks.grants import Grant
from stacks.site import Site

_PORT = 8080


class Service(Construct):
    """Runs on the first day in the primary region; waits with no task in the secondary.

    There is no task role: the app calls no API of AWS. What it needs is handed over when a task starts.
    """

    def __init__(
        self,
        scope: Construct,
        site: Site,
        service: model.Service,
        cluster: ecs.CfnCluster,
        secrets: dict[str, secretsmanager.CfnSecret],
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, f"Service-{service.name}")
        self._site = site
        self._service = service
        found = site.plan.logins_to(site.plan.databases[0].name)[:1]
        self._secrets = [secrets[secret.name] for secret, _ in found]
        names = {secret.name for secret, _ in found}
        self._keys = {
            **{name: key for secret, login in found for name, key in environment_of(secret, login).items()},
            **{cache.key: cache.key for cache in site.plan.caches if cache.secret in names},
            **{issued.key: issued.key for secret, _ in found for issued in secret.issued},
        }
        days = site.plan.deployment.log_retention_days
        self._logs = log_group(self, name=f"/{site.names.prefix}/workload/{service.name}", key=key, days=days)
        self._scale(self._run(cluster, self._task()), active=site.region == site.plan.regions.primary)

    def _task(self) -> ecs.CfnTaskDefinition:
        names = self._site.names
        task = ecs.CfnTaskDefinition(
            self,
            "Task",
            family=f"{names.prefix}-{self._service.name}",
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu="512",
            memory="1024",
            runtime_platform=ecs.CfnTaskDefinition.RuntimePlatformProperty(
                cpu_architecture="ARM64", operating_system_family="LINUX"
            ),
            execution_role_arn=self._execution_role(),
            container_definitions=[self._container()],
        )
        acknowledge(task, {"AwsSolutions-ECS2": "the region is not a secret; secrets come from Secrets Manager"})
        return task

    def _container(self) -> ecs.CfnTaskDefinition.ContainerDefinitionProperty:
        container = ecs.CfnTaskDefinition
        return container.ContainerDefinitionProperty(
            name="app",
            image=self._image(),
            essential=True,
            port_mappings=[container.PortMappingProperty(container_port=_PORT)],
            environment=[
                container.KeyValuePairProperty(name="AWS_REGION", value=self._site.region),
                container.KeyValuePairProperty(name="PORT", value=str(_PORT)),
            ],
            # Read once, at the start of a task: a change of the secret needs a new deployment.
            secrets=[
                container.SecretProperty(name=name, value_from=f"{secret.ref}:{key}::")
                for secret in self._secrets
                for name, key in self._keys.items()
            ],
            log_configuration=container.LogConfigurationProperty(
                log_driver="awslogs",
                options={
                    "awslogs-group": self._logs.log_group_name,
                    "awslogs-region": self._site.region,
                    "awslogs-stream-prefix": "app",
                },
            ),
        )

    def _image(self) -> str:
        """A parameter, so that a release by digest does not change the template; the registry is in this region."""
        return cdk.CfnParameter(
            cdk.Stack.of(self),
            self._parameter("Image"),
            description=f"Image of {self._service.name}, by digest",
            default=f"{self._site.plan.account}.dkr.ecr.{self._site.region}.amazonaws.com/{self._repository}:stable",
        ).value_as_string

    @property
    def _repository(self) -> str:
        return f"{self._site.plan.name}/{self._service.name}"

    def _execution_role(self) -> str:
        names = self._site.names
        grants = [
            Grant(("ecr:GetAuthorizationToken",), ("*",), "Amazon ECR offers no resource for its tokens"),
            Grant(
                ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                (names.arn("ecr", f"repository/{self._repository}"),),
                "the image of this service",
            ),
            Grant(
                ("logs:CreateLogStream", "logs:PutLogEvents"),
                (names.arn("logs", f"log-group:/{names.prefix}/workload/{self._service.name}:*"),),
                "Amazon ECS chooses the names of log streams; the log group is named",
            ),
        ]
        arns = tuple(secret.ref for secret in self._secrets)
        if arns:
            grants.append(Grant(("secretsmanager:GetSecretValue",), arns, "the app secret of this region"))
        of = ("workload", f"{self._service.name}-start")
        return role_with(self, names=names, of=of, service="ecs-tasks.amazonaws.com", grants=grants).role_arn

    def _run(self, cluster: ecs.CfnCluster, task: ecs.CfnTaskDefinition) -> ecs.CfnService:
        place = self._service.places[self._site.region]
        network = self._site.plan.networks[self._site.region]
        return ecs.CfnService(
            self,
            "Service",
            cluster=cluster.ref,
            service_name=place.service,
            task_definition=task.ref,
            launch_type="FARGATE",
            desired_count=self._desired(),
            deployment_configuration=ecs.CfnService.DeploymentConfigurationProperty(
                minimum_healthy_percent=100,
                maximum_percent=200,
                deployment_circuit_breaker=ecs.CfnService.DeploymentCircuitBreakerProperty(enable=True, rollback=True),
            ),
            network_configuration=ecs.CfnService.NetworkConfigurationProperty(
                awsvpc_configuration=ecs.CfnService.AwsVpcConfigurationProperty(
                    subnets=network.subnets, security_groups=network.security_groups, assign_public_ip="DISABLED"
                )
            ),
        )

    def _desired(self) -> float:
        """A parameter: after a failover the stack can be deployed with the current number of tasks."""
        active = self._site.region == self._site.plan.regions.primary
        return cdk.CfnParameter(
            cdk.Stack.of(self),
            self._parameter("Desired"),
            type="Number",
            description=f"Tasks of {self._service.name}; set it to what runs before you deploy after a failover",
            default=self._service.desired if active else 0,
            min_value=0,
        ).value_as_number

    def _scale(self, running: ecs.CfnService, *, active: bool) -> None:
        place = self._service.places[self._site.region]
        target = autoscaling.CfnScalableTarget(
            self,
            "Scaling",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{place.cluster}/{place.service}",
            # No minimum in the secondary: it would start tasks against a database that is read-only.
            min_capacity=self._service.minimum if active else 0,
            max_capacity=self._service.desired * 2,
        )
        target.add_resource_dependency(running)

    def _parameter(self, what: str) -> str:
        return "".join(part.capitalize() for part in self._service.name.split("-")) + what
