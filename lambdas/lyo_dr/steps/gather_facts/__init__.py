"""Collects the observations of every observer; decides nothing."""
