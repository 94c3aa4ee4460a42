"""PostgreSQL, one subject per module; the only place with SQL."""
