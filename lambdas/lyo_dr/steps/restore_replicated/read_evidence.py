"""ReadEvidence: what the replica says of the damage, if it is there to be asked. SQL only."""

from lyo_dr.steps.database_restore.read_evidence import handler

__all__ = ["handler"]
