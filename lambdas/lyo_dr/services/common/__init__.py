"""Used by every capability: notifications, SQL functions, probes, consents, fences."""
