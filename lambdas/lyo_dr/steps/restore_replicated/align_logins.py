"""AlignLogins: set the current passwords again, since the restore brought back old ones. SQL and secrets only."""

from lyo_dr.steps.database_restore.align_logins import handler

__all__ = ["handler"]
