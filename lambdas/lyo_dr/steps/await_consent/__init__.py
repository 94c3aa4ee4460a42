"""Asks a person, prepares what can be taken back meanwhile, and takes the answer."""
