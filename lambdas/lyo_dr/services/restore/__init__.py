"""Restores: attempts, new instances, delayed replicas, table diffs, write access."""
