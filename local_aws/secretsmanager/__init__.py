"""Secrets Manager: moto's, patched, with real rotation functions."""
