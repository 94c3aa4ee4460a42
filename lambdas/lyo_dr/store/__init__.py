"""State stored in a region's table: incidents, lease, pause, fences, questions, samples."""
