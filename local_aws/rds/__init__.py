"""RDS with real PostgreSQL behind it: replication, promotion, backups, point-in-time restore."""
