"""Runs a drill: context, screen, observer, operators. Knows no disaster by name."""
