"""AlignLogins: passwords went back with the data; those of now are set again. SQL and secrets, nothing else."""

from lyo_dr.steps.database_restore.align_logins import handler

__all__ = ["handler"]
