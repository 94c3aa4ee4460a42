"""Damaged data and dead instances: point-in-time recovery and reconciliation."""
