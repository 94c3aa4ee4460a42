"""Restores one database in the region that takes over, from backups replicated there, and has it proven by a write."""
