"""Secrets and cache tokens rotated under load."""
