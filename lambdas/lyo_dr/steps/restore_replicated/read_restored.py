"""ReadRestored: the integrity questions, asked of the restored instance. SQL only."""

from lyo_dr.steps.database_restore.read_restored import handler

__all__ = ["handler"]
