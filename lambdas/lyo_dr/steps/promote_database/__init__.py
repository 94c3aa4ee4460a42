"""Promotes one replica and has it proven by a write."""
