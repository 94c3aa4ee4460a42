"""ECS with real processes behind its tasks."""
