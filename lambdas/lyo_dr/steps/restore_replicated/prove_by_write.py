"""ProveByWrite: authority and a write, in the restored instance. SQL only."""

from lyo_dr.steps.promote_database.prove_by_write import handler

__all__ = ["handler"]
