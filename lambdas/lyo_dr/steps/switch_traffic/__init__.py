"""Throws the latch and sees traffic arrive."""
