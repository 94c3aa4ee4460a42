"""Moves from the lost region into this one."""
