"""Fences the lost region, if its API still responds."""
