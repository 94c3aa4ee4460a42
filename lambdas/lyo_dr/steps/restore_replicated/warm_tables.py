"""WarmTables: prewarm the tables of the restored instance before they are judged. SQL only; never fails a restore."""

from lyo_dr.steps.database_restore.warm_tables import handler

__all__ = ["handler"]
