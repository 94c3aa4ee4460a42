"""Moves traffic: sets the latch or changes the record, then verifies that traffic arrives."""
