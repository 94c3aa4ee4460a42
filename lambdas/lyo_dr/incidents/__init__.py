"""What is remembered: incidents, their timeline, the lease and the system record."""
