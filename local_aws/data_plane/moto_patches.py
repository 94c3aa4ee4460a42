"""What the patches of moto rely on, module by module: asked for when the data host starts.

Where a module overrides a method of a backend, moto has to call that method: an override nobody calls patches nothing.
"""

from __future__ import annotations

from local_aws.upstream import require

_RDS, _ECS = "moto.rds.models", "moto.ecs.models"
_SECRETS = "moto.secretsmanager.models"


def _of(holder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{holder}{name}" for name in names)


REQUIRES: dict[str, tuple[str, ...]] = {
    "rds/rds_backend": _of(
        f"{_RDS}:RDSBackend.",
        "create_db_instance",
        "create_db_instance_read_replica",
        "modify_db_instance",
        "promote_read_replica",
        "modify_db_parameter_group",
        "delete_db_instance",
        "reboot_db_instance",
        "describe_db_instances",
        "find_db_from_id",
    )
    + _of(f"{_RDS}:", "rds_backends", "DBInstance.add_replica", "DBInstance.update"),
    "data_plane/pages": _of(
        "moto.rds.responses:RDSResponse.",
        "describe_db_instances",
        "describe_db_snapshots",
        "describe_db_instance_automated_backups",
    )
    + _of("moto.ecs.responses:EC2ContainerServiceResponse.", "list_tasks", "list_services"),
    "rds/instance": _of(f"{_RDS}:DBInstance.", "endpoint", "address"),
    "rds/errors": _of("moto.rds.exceptions:", "RDSClientError")
    + _of(f"{_RDS}:RDSBackend.", "restore_db_instance_to_point_in_time"),
    "rds/unsupported": _of(
        f"{_RDS}:RDSBackend.",
        "copy_db_snapshot",
        "start_export_task",
        "start_db_instance",
        "stop_db_instance",
        "create_db_cluster",
        "create_auto_snapshot",
    ),
    "rds/restores": _of(
        f"{_RDS}:RDSBackend.",
        "create_db_snapshot",
        "restore_db_instance_from_db_snapshot",
        "restore_db_instance_to_point_in_time",
        "_validate_db_identifier",
    )
    + _of(f"{_RDS}:", "DBSnapshot"),
    "rds/rename": _of(f"{_RDS}:RDSBackend.", "_validate_db_identifier", "modify_db_instance"),
    "rds/replicated_backups": _of(f"{_RDS}:", "rds_backends", "RDSBackend.describe_db_instance_automated_backups"),
    "rds/automated_backups": _of("moto.rds.responses:", "RDSResponse.describe_db_instance_automated_backups"),
    "rds/master_user": _of(
        f"{_SECRETS}:", "FakeSecret.set_default_version_id", "SecretsManagerBackend.create_managed_secret"
    ),
    "rds/subnets": _of("moto.rds.responses:RDSResponse.", "create_db_subnet_group", "modify_db_subnet_group")
    + _of(f"{_RDS}:RDSBackend.", "create_subnet_group", "modify_db_subnet_group"),
    "elasticache/elasticache_backend": _of(
        "moto.elasticache.models:ElastiCacheBackend.", "create_replication_group", "describe_replication_groups"
    )
    + _of("moto.elasticache.models:", "elasticache_backends")
    + _of("moto.elasticache.responses:", "ElastiCacheResponse.modify_replication_group"),
    "ecs/ecs_backend": _of(
        f"{_ECS}:EC2ContainerServiceBackend.",
        "create_service",
        "update_service",
        "delete_service",
        "describe_clusters",
        "list_tasks",
        "describe_tasks",
        "stop_task",
        "describe_task_definition",
        "_get_cluster",
    )
    + _of(f"{_ECS}:", "ecs_backends")
    + _of("moto.applicationautoscaling.models:", "applicationautoscaling_backends"),
    "ecs/service": _of("moto.ecs.responses:EC2ContainerServiceResponse.", "describe_services", "list_services"),
    "secretsmanager/secrets_backend": _of(
        f"{_SECRETS}:SecretsManagerBackend.",
        "update_secret_version_stage",
        "replicate_secret_to_regions",
        "remove_regions_from_replication",
        "describe_secret",
        "get_secret_value",
    )
    + _of(f"{_SECRETS}:", "ReplicaSecret", "FakeSecret.set_default_version_id", "secretsmanager_backends"),
    "secretsmanager/secret_rotation": _of(
        f"{_SECRETS}:FakeSecret.", "set_default_version_id", "remove_version_stages_from_old_versions", "to_short_dict"
    )
    + _of("moto.secretsmanager.responses:SecretsManagerResponse.", "rotate_secret"),
}


def check() -> None:
    """Raise UpstreamChangedError naming the first thing that a patch needs and moto no longer has."""
    for patch, required in REQUIRES.items():
        require(patch, required)
