"""Reconciliation after a restore: find, classify and record the rows that exist only in the damaged database."""
