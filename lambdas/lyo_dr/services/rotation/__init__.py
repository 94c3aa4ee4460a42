"""Copies of secrets, and the tokens of caches."""
