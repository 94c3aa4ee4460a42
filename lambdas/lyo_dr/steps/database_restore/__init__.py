"""Brings one database back to the last good moment, beside the damaged one."""
