"""Operations of RDS that are not emulated: refused, each by its name.

moto answers these from its tables: an export would be "complete" with no file behind it, a stopped instance would go on
serving. An emulator may be incomplete, but it must not report what did not happen.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from local_aws.rds.errors import not_served


def _refusing(operation: str) -> Callable[..., Any]:
    def refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
        not_served(operation)

    return refuse


class Unserved:
    """Stands before moto's backend. Every call raises RDSClientError with the code ``NotEmulated``."""

    copy_db_snapshot = _refusing("CopyDBSnapshot")
    start_export_task = _refusing("StartExportTask")
    start_db_instance = _refusing("StartDBInstance")
    stop_db_instance = _refusing("StopDBInstance")
    create_db_cluster = _refusing("CreateDBCluster")

    def create_auto_snapshot(self, *_args: Any) -> None:
        """Nothing: moto would list a snapshot for every new instance, with no data behind it."""
