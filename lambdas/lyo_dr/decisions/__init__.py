"""Pure decisions: facts in, a verdict with its reason out. No AWS, no clock, no environment."""
