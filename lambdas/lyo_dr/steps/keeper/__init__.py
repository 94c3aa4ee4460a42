"""What runs all the time: heartbeats, latches, and the fence of a deposed region."""
