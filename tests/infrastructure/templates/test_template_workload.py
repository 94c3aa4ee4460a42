"""The reference workload, with two databases and two services."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from tests.infrastructure.assembled import Stack


def _workload(stacks: dict[str, Stack], region: str) -> Stack:
    return stacks[f"LyoWorkload-{region}"]


def test_every_database_has_a_primary_and_a_replica_of_it(stacks: dict[str, Stack], plan: Plan) -> None:
    first, second = plan.regions.pair
    for database in plan.databases:
        primary = (
            _workload(stacks, first)
            .one("AWS::RDS::DBInstance", DBInstanceIdentifier=database.instances[first])
            .properties
        )
        assert primary["DBName"] == database.name.replace("-", "_")
        assert primary["BackupRetentionPeriod"] == database.backup_retention_days
        assert primary["MultiAZ"] is database.multi_az
        assert primary["StorageEncrypted"] is True
        replica = (
            _workload(stacks, second)
            .one("AWS::RDS::DBInstance", DBInstanceIdentifier=database.instances[second])
            .properties
        )
        assert replica["SourceDBInstanceIdentifier"] == ResourceNames(plan, first).instance(database.instances[first])
        assert "MasterUserPassword" not in replica


def test_no_template_holds_a_password(stacks: dict[str, Stack], plan: Plan) -> None:
    for instance in _workload(stacks, plan.regions.primary).resources("AWS::RDS::DBInstance"):
        separator, parts = instance.properties["MasterUserPassword"]["Fn::Join"]
        assert (separator, parts[0], parts[-1]) == ("", "{{resolve:secretsmanager:", ":SecretString:password}}")


def test_instances_cannot_be_deleted_by_a_deployment(stacks: dict[str, Stack], plan: Plan) -> None:
    for region in plan.regions.pair:
        for instance in _workload(stacks, region).resources("AWS::RDS::DBInstance"):
            assert instance.deletion == "RetainExceptOnCreate"
            assert instance.properties["DeletionProtection"] is True
            assert instance.properties["PubliclyAccessible"] is False


def test_each_region_owns_its_app_secret_and_a_sql_secret_per_database(stacks: dict[str, Stack], plan: Plan) -> None:
    for region in plan.regions.pair:
        names = {s.properties["Name"] for s in _workload(stacks, region).resources("AWS::SecretsManager::Secret")}
        sql = {ResourceNames(plan, region).sql_secret(database.name) for database in plan.databases}
        assert {secret.name for secret in plan.secrets} | sql <= names


def test_services_run_in_the_primary_and_wait_in_the_secondary(stacks: dict[str, Stack], plan: Plan) -> None:
    for service in plan.services:
        for region in plan.regions.pair:
            active = region == plan.regions.primary
            workload, place = _workload(stacks, region), service.places[region]
            found = workload.one("AWS::ECS::Service", ServiceName=place.service).properties
            parameter = workload.template["Parameters"][found["DesiredCount"]["Ref"]]
            assert int(parameter["Default"]) == (service.desired if active else 0)
            scaling = workload.one(
                "AWS::ApplicationAutoScaling::ScalableTarget", ResourceId=f"service/{place.cluster}/{place.service}"
            ).properties
            assert scaling["MinCapacity"] == (service.minimum if active else 0)


def test_a_task_gets_its_database_from_the_secret_of_its_region(stacks: dict[str, Stack], plan: Plan) -> None:
    for region in plan.regions.pair:
        workload = _workload(stacks, region)
        for task in workload.resources("AWS::ECS::TaskDefinition"):
            (container,) = task.properties["ContainerDefinitions"]
            assert container["Name"] == "app"
            assert {"Name": "AWS_REGION", "Value": region} in container["Environment"]
            secret, *others = container["Secrets"]
            assert [each["Name"] for each in others] == [key for key in plan.secrets[0].keys if key != "DATABASE_URL"]
            source = workload.text(secret["ValueFrom"])
            assert source.startswith(f"arn:aws:secretsmanager:{region}:{plan.account}:secret:{plan.secrets[0].name}-")
            assert source.endswith(":DATABASE_URL::")
