"""Containment, evidence, and the proof that a breach is over."""
