"""The drills, by disaster."""
