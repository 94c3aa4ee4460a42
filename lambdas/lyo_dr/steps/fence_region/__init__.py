"""Stops the lost region, if it still listens."""
