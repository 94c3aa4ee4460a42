"""Loss of a region: triage, the gate, the method of recovery, traffic, validation."""
