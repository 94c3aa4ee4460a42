"""Narrows the moment of a damage down by restores that are thrown away, where no evidence names it."""
