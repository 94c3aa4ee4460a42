"""Keeper (the word of pg_auto_failover for the local agent): scheduled functions for heartbeats, latches and fences."""
