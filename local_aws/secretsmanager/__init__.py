"""Secrets Manager: moto's, corrected, with real rotation functions."""
