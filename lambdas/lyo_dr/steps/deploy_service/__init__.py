"""Raises one service to its capacity."""
