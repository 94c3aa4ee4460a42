"""Drills: the product on a laptop, a disaster, and what was measured."""
