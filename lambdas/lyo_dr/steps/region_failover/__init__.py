"""Failover from the lost region to this one."""
