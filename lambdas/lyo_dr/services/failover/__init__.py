"""What a failover needs beyond its states: replicated backups."""
