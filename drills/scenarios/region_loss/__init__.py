"""A lost region: its return, a second failover, replicated backups."""
