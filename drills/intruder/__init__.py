"""Somebody who is inside: with a login that leaked, and an address of their own."""
