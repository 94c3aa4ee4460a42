"""AcceptProof: restored means proven by a write, as a promotion does."""

from lyo_dr.steps.promote_database.accept_proof import handler

__all__ = ["handler"]
