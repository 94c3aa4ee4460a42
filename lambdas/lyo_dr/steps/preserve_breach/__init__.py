"""Preserving a breach: everything that a restart would destroy, before anything restarts."""
