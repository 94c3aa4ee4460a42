"""Point-in-time recovery: the recovery point, the search for it, the new instance, reconciliation."""
