"""Replicas that replay later: the dynamic parameter of a group that is carried over to real servers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local_aws.rds.databases import Databases
from local_aws.rds.instance import Instance

_DELAY = "recovery_min_apply_delay"


class Delaying:
    """Stands before moto's backend, which only keeps parameters in a table."""

    databases: dict[str, Instance]
    db_parameter_groups: dict[str, Any]
    postgres: Databases

    def modify_db_parameter_group(
        self, db_parameter_group_name: str, db_parameter_group_parameters: Iterable[dict[str, Any]]
    ) -> Any:
        """Change a group; a delay is in force at once where the group is attached, for it is dynamic on RDS."""
        group = super().modify_db_parameter_group(  # type: ignore[misc]
            db_parameter_group_name, db_parameter_group_parameters
        )
        for instance in list(self.databases.values()):
            if instance.db_parameter_group_name == group.name:
                self._delay(instance)
        return group

    def _delay(self, instance: Instance) -> None:
        group = self.db_parameter_groups.get(instance.db_parameter_group_name or "")
        value = group.parameters.get(_DELAY, {}).get("ParameterValue") if group is not None else None
        if value is not None and instance.is_replica:
            self.postgres.delay(instance.key, int(value))
