"""Rows of a ledger written back, after a person has consented."""
