"""An intruder: containment and evidence."""
