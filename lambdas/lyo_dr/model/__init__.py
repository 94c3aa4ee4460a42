"""Frozen facts, verdicts, the plan and the incident. This package imports nothing else of ours."""
