"""Asks every endpoint of the plan."""
