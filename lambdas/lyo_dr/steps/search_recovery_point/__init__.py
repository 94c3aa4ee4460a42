"""Searches the recovery point with temporary restores, when no evidence dates the damage."""
