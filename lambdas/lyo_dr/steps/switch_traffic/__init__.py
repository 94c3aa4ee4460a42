"""Throws the latch, or changes the record, and sees traffic arrive."""
