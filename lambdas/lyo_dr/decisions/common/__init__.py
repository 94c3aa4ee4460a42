"""Used by every capability: leases, consents, loss, statuses, messages."""
