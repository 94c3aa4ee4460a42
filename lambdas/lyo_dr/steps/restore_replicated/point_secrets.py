"""PointSecrets: point the standby's secrets to the restored instance instead of the replica."""

from lyo_dr.steps.database_restore.point_secrets import handler

__all__ = ["handler"]
