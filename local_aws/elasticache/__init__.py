"""ElastiCache with real Redis behind it."""
