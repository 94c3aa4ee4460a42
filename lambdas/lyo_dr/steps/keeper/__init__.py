"""What runs all the time: heartbeats and latches."""
