"""Replay of a ledger's rows, after approval."""
