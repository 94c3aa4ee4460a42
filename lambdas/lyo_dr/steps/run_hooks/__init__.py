"""Runs the hooks of one stage, one after the other."""
