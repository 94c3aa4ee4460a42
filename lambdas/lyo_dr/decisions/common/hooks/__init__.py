"""Hooks of the user's: when they are called, what they are told, and what their answers mean."""
