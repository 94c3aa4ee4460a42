"""Asks every observer; decides nothing."""
