"""Finishing the evidence of a breach: what only comes minutes or hours later."""
