"""Restores one database to its recovery point, to a new instance next to the damaged one."""
