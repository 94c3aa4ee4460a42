"""Validates the recovery: probes every endpoint of the plan."""
