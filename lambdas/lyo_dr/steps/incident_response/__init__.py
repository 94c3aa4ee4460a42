"""The one door: opens, judges, closes."""
