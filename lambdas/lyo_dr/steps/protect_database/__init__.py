"""Backups and Multi-AZ of the new primary."""
