"""PointSecrets: the stand-by's secrets lead to the restored instance and no longer to the replica."""

from lyo_dr.steps.database_restore.point_secrets import handler

__all__ = ["handler"]
